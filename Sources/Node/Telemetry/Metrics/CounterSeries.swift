import CoreMetrics
import Synchronization

/// A counter of whole and of fractional amounts. Amounts below zero are ignored: counters only grow.
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
