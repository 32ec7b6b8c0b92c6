import CoreMetrics
import Synchronization

/// One metric with one set of labels: recorded on hot paths, read when rendered.
///
/// Recording takes a few relaxed atomic instructions and no lock. Readers may see a recording in one of a histogram's
/// numbers and not yet in another; the next scrape has both.
protocol MetricSeries: AnyObject, Sendable {
    /// Appends the series' lines.
    func render(name: String, labels: String, into page: inout ExpositionPage)
}

/// A `Double` that threads add to.
struct AtomicDouble: ~Copyable {
    private let bits = Atomic<UInt64>(0)

    var value: Double { Double(bitPattern: bits.load(ordering: .relaxed)) }

    func store(_ value: Double) {
        bits.store(value.bitPattern, ordering: .relaxed)
    }

    func add(_ amount: Double) {
        var current = bits.load(ordering: .relaxed)
        while true {
            let sum = (Double(bitPattern: current) + amount).bitPattern
            let (exchanged, original) = bits.weakCompareExchange(expected: current, desired: sum, ordering: .relaxed)
            if exchanged { return }
            current = original
        }
    }
}

/// A counter of whole and of fractional amounts. Amounts below zero are passed over: counters only grow.
final class CounterSeries: MetricSeries, CounterHandler, FloatingPointCounterHandler {
    private let whole = Atomic<Int64>(0)
    private let fractional = AtomicDouble()

    func increment(by amount: Int64) {
        guard amount > 0 else { return }
        whole.wrappingAdd(amount, ordering: .relaxed)
    }

    func increment(by amount: Double) {
        guard amount > 0, amount.isFinite else { return }
        fractional.add(amount)
    }

    func reset() {
        whole.store(0, ordering: .relaxed)
        fractional.store(0)
    }

    func render(name: String, labels: String, into page: inout ExpositionPage) {
        let (count, fraction) = (whole.load(ordering: .relaxed), fractional.value)
        let text = fraction == 0 ? String(count) : ExpositionPage.number(Double(count) + fraction)
        page.sample(name, labels, text)
    }
}

/// A value that goes up and down: meters, and recorders that don't aggregate.
final class GaugeSeries: MetricSeries, MeterHandler, RecorderHandler {
    private let value = AtomicDouble()

    func set(_ value: Int64) { self.value.store(Double(value)) }
    func set(_ value: Double) { self.value.store(value) }
    func increment(by amount: Double) { value.add(amount) }
    func decrement(by amount: Double) { value.add(-amount) }
    func record(_ value: Int64) { set(value) }
    func record(_ value: Double) { set(value) }

    func render(name: String, labels: String, into page: inout ExpositionPage) {
        page.sample(name, labels, ExpositionPage.number(value.value))
    }
}

/// A distribution in fixed buckets: timers (in seconds), and recorders that aggregate.
final class HistogramSeries: MetricSeries, TimerHandler, RecorderHandler {
    /// One bucket's count. An object of its own, as arrays can't hold atomics.
    private final class Bucket: Sendable {
        let count = Atomic<UInt64>(0)
    }

    private let bounds: [Double]
    /// How many values lie in each bucket and not below it; one more than bounds, for what lies above all of them.
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
        // One value that is no number would spoil the sum for good.
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

/// Takes the recordings of metrics that found no place, and counts them.
final class DroppedSeries: CounterHandler, FloatingPointCounterHandler, MeterHandler, RecorderHandler, TimerHandler {
    private let dropped = Atomic<Int64>(0)

    var count: Int64 { dropped.load(ordering: .relaxed) }

    private func drop() { dropped.wrappingAdd(1, ordering: .relaxed) }

    func increment(by: Int64) { drop() }
    func increment(by: Double) { drop() }
    func decrement(by: Double) { drop() }
    func set(_ value: Int64) { drop() }
    func set(_ value: Double) { drop() }
    func record(_ value: Int64) { drop() }
    func record(_ value: Double) { drop() }
    func recordNanoseconds(_ duration: Int64) { drop() }
    func reset() {}
}
