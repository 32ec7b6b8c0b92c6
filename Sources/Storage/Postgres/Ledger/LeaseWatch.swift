/// Decides which holders of leases are ended: those for which Postgres has waited for too long. Pure.
///
/// A holder that is alive uses its session about once a second. Postgres itself tells no difference between a client
/// that has nothing to ask, one that is stopped, and one that is cut off. A session that works for its client, however
/// slowly, does not wait for it.
package struct LeaseWatch: Sendable {
    package typealias Instant = ContinuousClock.Instant

    /// A session that waits for its client, in the words of `pg_stat_activity`. If its client is heard, or another
    /// session gets its process id, it is another value.
    package struct Waiting: Hashable, Sendable {
        package var pid: Int64
        package var startedAt: String
        package var changedAt: String

        package init(pid: Int64, startedAt: String, changedAt: String) {
            (self.pid, self.startedAt, self.changedAt) = (pid, startedAt, changedAt)
        }
    }

    /// How long a holder may be silent.
    package static let silenceMax = Duration.seconds(5)
    /// How many times it must have been seen waiting, with nothing in between. A COPY waits for its client again and
    /// again, for a moment each time.
    package static let looksMin = 4

    private var seen: [Waiting: (since: Instant, looks: Int)] = [:]

    package init() {}

    /// Returns those that are to be ended.
    ///
    /// - Parameter waiting: the holders of wanted leases that wait for their clients now.
    package mutating func look(at waiting: [Waiting], now: Instant) -> [Waiting] {
        var still: [Waiting: (since: Instant, looks: Int)] = [:]
        for session in waiting {
            let before = seen[session] ?? (now, 0)
            still[session] = (before.since, before.looks + 1)
        }
        seen = still
        return waiting.filter { session in
            guard let (since, looks) = still[session] else { return false }
            return looks >= Self.looksMin && since.duration(to: now) >= Self.silenceMax
        }
    }
}
