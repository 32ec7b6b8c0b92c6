import Synchronization

/// The times that requests took, by the time of their answer.
final class Timings: Sendable {
    private let values = Mutex<[(at: ContinuousClock.Instant, milliseconds: Double)]>([])

    /// Records a request that was answered now.
    func record(since start: ContinuousClock.Instant) {
        let now = ContinuousClock.now
        values.withLock { $0.append((now, (now - start).milliseconds)) }
    }

    /// Returns the times of the requests that were answered in a span, in ms.
    func figures(from start: ContinuousClock.Instant, to end: ContinuousClock.Instant) -> Figures {
        Figures(values.withLock { $0.filter { $0.at >= start && $0.at < end }.map(\.milliseconds) })
    }
}
