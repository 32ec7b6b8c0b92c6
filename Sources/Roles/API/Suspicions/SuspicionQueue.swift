import Leaderboard

/// The suspicions that wait to be written to the audit, with one entry for each user, minute and reason. Pure.
///
/// The queue is bounded, and drops new entries when it is full: a flood of misbehaving users cannot displace what was
/// seen before. Attempts that belong to an existing entry are always accepted.
package struct SuspicionQueue {
    private struct Key: Hashable {
        let minute: Int64
        let user: ByteExact
        let reason: String

        init(_ suspicion: Suspicion) {
            minute = SuspicionSummary.minute(of: suspicion)
            user = ByteExact(suspicion.userID)
            reason = suspicion.reason
        }
    }

    /// The most entries at once, including those that are being written.
    private let entriesMax: Int
    private var waiting: [Key: SuspicionSummary] = [:]
    /// The entries that are being written.
    private var taken: [Key: SuspicionSummary] = [:]

    /// - Parameter entriesMax: the most entries at once; at least 1.
    package init(entriesMax: Int) {
        self.entriesMax = entriesMax
    }

    /// The number of entries, including those that are being written.
    package var count: Int { waiting.count + taken.count }

    /// The number of attempts that are not known to be written.
    package var attempts: Int64 {
        waiting.values.reduce(0) { $0 + $1.attempts } + taken.values.reduce(0) { $0 + $1.attempts }
    }

    /// Adds an attempt. Returns false if there is no room for it.
    package mutating func note(_ suspicion: Suspicion) -> Bool {
        let key = Key(suspicion)
        if waiting[key] != nil {
            waiting[key]?.merge(SuspicionSummary(suspicion))
            return true
        }
        guard count < entriesMax else { return false }
        waiting[key] = SuspicionSummary(suspicion)
        return true
    }

    /// Returns entries to write now; empty if nothing waits. A call of `written` or `putBack` must follow.
    package mutating func take(upTo limit: Int) -> [SuspicionSummary] {
        for (key, summary) in waiting.prefix(limit) {
            taken[key] = summary
            waiting[key] = nil
        }
        return Array(taken.values)
    }

    /// Removes the entries that were taken, after they were written. Returns the number of their attempts.
    package mutating func written() -> Int64 {
        defer { taken = [:] }
        return taken.values.reduce(0) { $0 + $1.attempts }
    }

    /// Puts the entries that were taken back into the queue, because they could not be written.
    package mutating func putBack() {
        for (key, summary) in taken {
            var whole = summary
            if let later = waiting[key] { whole.merge(later) }
            waiting[key] = whole
        }
        taken = [:]
    }
}
