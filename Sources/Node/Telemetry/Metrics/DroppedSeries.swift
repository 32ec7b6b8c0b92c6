import CoreMetrics
import Synchronization

/// Takes the recordings of metrics that were refused, and counts them.
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
