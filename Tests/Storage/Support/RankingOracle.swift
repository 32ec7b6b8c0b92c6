import Leaderboard

/// The expected state of a board, kept in the simplest way: points add up, highest score first, ties by time.
struct RankingOracle {
    private struct Standing {
        var score: Int64
        /// The number of the update that reached the score. Among equal scores, earlier ones rank higher.
        var reached: Int
    }

    private var standings: [String: Standing] = [:]
    private var receipts: [String: (submitted: Int64?, receipt: Receipt)] = [:]
    private(set) var updates = 0
    /// Each version of the top, from version 1 on.
    private(set) var tops: [[LeaderboardEntry]] = []
    let top: Int

    init(top: Int) {
        self.top = top
    }

    /// All entries, best first.
    var entries: [LeaderboardEntry] {
        standings
            .sorted { ($1.value.score, $0.value.reached) < ($0.value.score, $1.value.reached) }
            .enumerated()
            .map { LeaderboardEntry(rank: Int64($0.offset + 1), userID: $0.element.key, score: $0.element.value.score) }
    }

    mutating func apply(_ update: ScoreUpdate) -> ApplyOutcome {
        if let known = receipts[update.signature] {
            return known.submitted == update.submittedScore ? .replayed(known.receipt) : .actionIDReused
        }
        let before = standings[update.userID]?.score
        let score = (before ?? 0) + update.amount
        guard (ScoreBounds.min...ScoreBounds.max).contains(score) else { return .outOfBounds }
        let visible = Array(entries.prefix(top))
        updates += 1
        if score != before {
            standings[update.userID] = Standing(score: score, reached: updates)
        }
        let now = entries
        let rank = now.first { $0.userID == update.userID }?.rank ?? 0
        if visible != Array(now.prefix(top)) { tops.append(Array(now.prefix(top))) }
        let receipt =
            score == before
            ? Receipt.unchanged(score: score, rank: rank, in: update.targets.targets[0].ranking)
            : Receipt(score: score, rank: rank)
        receipts[update.signature] = (update.submittedScore, receipt)
        return .applied(receipt)
    }
}
