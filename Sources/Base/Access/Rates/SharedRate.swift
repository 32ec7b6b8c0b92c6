import Basics
import Synchronization

/// A rate limit that all event loops share, by ``GCRA``: `count` at once, then one each `period / count`. It is one
/// number, so it costs neither a lock nor memory that grows.
package final class SharedRate: Sendable {
    private let gcra: GCRA
    /// The due time, in ns.
    private let due = Atomic<Int64>(.min)

    /// A rate that nobody has used yet.
    package init(_ limit: RateLimit) {
        gcra = GCRA(nanosecondsOf: limit)
    }

    /// Counts one that comes now, unless there are too many.
    ///
    /// - Parameter now: nanoseconds of any steady clock.
    package func admits(at now: Int64) -> Bool {
        var known = due.load(ordering: .relaxed)
        while true {
            let arrival = gcra.arrival(at: now, due: known)
            guard arrival.conforms else { return false }
            let (isDone, found) = due.compareExchange(expected: known, desired: arrival.due, ordering: .relaxed)
            if isDone { return true }
            known = found
        }
    }

    /// Whether it has forgotten all that came.
    package func isIdle(at now: Int64) -> Bool { due.load(ordering: .relaxed) <= now }
}
