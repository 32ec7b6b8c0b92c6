import Leaderboard

/// Attempts that wait to be written to the audit: one entry for each user, minute and reason. Pure.
///
/// It has a bound, and the newest are dropped: a flood of users who all misbehave cannot push out what was seen before
/// it. Attempts that fit into an entry which is there are always taken.
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

    /// The most entries at once, those that are being written among them.
    private let entriesMax: Int
    private var waiting: [Key: SuspicionSummary] = [:]
    /// Those that are being written.
    private var taken: [Key: SuspicionSummary] = [:]

    /// - Parameter entriesMax: the bound; at least 1.
    package init(entriesMax: Int) {
        self.entriesMax = entriesMax
    }

    /// How many entries there are, those that are being written among them.
    package var count: Int { waiting.count + taken.count }

    /// Attempts that are not known to be written.
    package var attempts: Int64 {
        waiting.values.reduce(0) { $0 + $1.attempts } + taken.values.reduce(0) { $0 + $1.attempts }
    }

    /// Adds an attempt. False if there is no room for it.
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

    /// Entries to be written now, to be followed by `written` or `putBack`; empty if nothing waits.
    package mutating func take(upTo limit: Int) -> [SuspicionSummary] {
        for (key, summary) in waiting.prefix(limit) {
            taken[key] = summary
            waiting[key] = nil
        }
        return Array(taken.values)
    }

    /// The entries that were taken are written; how many attempts they stand for.
    package mutating func written() -> Int64 {
        defer { taken = [:] }
        return taken.values.reduce(0) { $0 + $1.attempts }
    }

    /// The entries that were taken could not be written, and wait again.
    package mutating func putBack() {
        for (key, summary) in taken {
            var whole = summary
            if let later = waiting[key] { whole.merge(later) }
            waiting[key] = whole
        }
        taken = [:]
    }
}
