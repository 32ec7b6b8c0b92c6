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
