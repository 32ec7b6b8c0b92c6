import CoreMetrics
import Synchronization

/// A distribution in fixed buckets: timers (in seconds), and recorders that aggregate.
final class HistogramSeries: MetricSeries, TimerHandler, RecorderHandler {
    /// One bucket's count. An object, since arrays can't hold atomics.
    private final class Bucket: Sendable {
        let count = Atomic<UInt64>(0)
    }

    private let bounds: [Double]
    /// How many values lie in each bucket and not below it. There is one more bucket than bounds, for values above all
    /// of them.
    private let buckets: [Bucket]
    private let sum = AtomicDouble()

    /// - Parameter bounds: upper bounds (inclusive), ascending.
    init(bounds: [Double]) {
        self.bounds = bounds
        buckets = (0...bounds.count).map { _ in Bucket() }
    }

    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }
    func record(_ value: Int64) { record(Double(value)) }

    func record(_ value: Double) {
        // One value that is not a number would spoil the sum for good.
        guard value.isFinite else { return }
        var index = 0
        while index < bounds.count, value > bounds[index] { index += 1 }
        buckets[index].count.wrappingAdd(1, ordering: .relaxed)
        sum.add(value)
    }

    func render(name: String, labels: String, into page: inout ExpositionPage) {
        var total: UInt64 = 0
        for (index, bucket) in buckets.enumerated() {
            total += bucket.count.load(ordering: .relaxed)
            let bound = index < bounds.count ? ExpositionPage.number(bounds[index]) : "+Inf"
            let separator = labels.isEmpty ? "" : ","
            page.sample(name + "_bucket", "\(labels)\(separator)le=\"\(bound)\"", String(total))
        }
        page.sample(name + "_sum", labels, ExpositionPage.number(sum.value))
        page.sample(name + "_count", labels, String(total))
    }
}
