import Basics
import Synchronization

/// A rate limit that all event loops share, kept by GCRA (ITU-T I.371, the "virtual scheduling" form): `count` at once,
/// then one each `period / count`. It is one number, so it costs neither a lock nor memory that grows.
package final class SharedRate: Sendable {
    private let intervalNanoseconds: Int64
    private let toleranceNanoseconds: Int64
    /// When all that was let pass would have passed at the steady rate, in ns.
    private let due = Atomic<Int64>(.min)

    /// A rate that nobody has used yet.
    package init(_ limit: RateLimit) {
        let interval = max(1, limit.periodMilliseconds * 1_000_000 / Int64(limit.count))
        intervalNanoseconds = interval
        toleranceNanoseconds = interval * Int64(limit.count)
    }

    /// Counts one that comes now, unless there are too many.
    ///
    /// - Parameter now: nanoseconds of any steady clock.
    package func admits(at now: Int64) -> Bool {
        var known = due.load(ordering: .relaxed)
        while true {
            let next = max(known, now) + intervalNanoseconds
            guard next - now <= toleranceNanoseconds else { return false }
            let (isDone, found) = due.compareExchange(expected: known, desired: next, ordering: .relaxed)
            if isDone { return true }
            known = found
        }
    }

    /// Whether it has forgotten all that came.
    package func isIdle(at now: Int64) -> Bool { due.load(ordering: .relaxed) <= now }
}
