import Leaderboard
import NIOCore

/// What a node knows of one ranking, and who is told. Lives on the home loop, in `WatchedRankings`.
final class WatchedRanking {
    let id: UInt64
    /// As it was when it was looked up last.
    var board: Board
    let ranking: Ranking
    /// The event loops with watchers, by index.
    var audience: Set<Int> = []

    var tracker = TopTracker()
    var plan: ReadPlan
    var conflation: Conflation
    var publication: Publication?
    /// The versions that clients may still be at.
    var history: TopHistory
    /// Counts the epochs that were pushed.
    var epochNumber: UInt32 = 0
    /// Names the read under way; an answer to an earlier one comes too late.
    var readTicket: UInt64 = 0
    /// The next read, while one is planned.
    var nextRead: Scheduled<Void>?
    /// Whether the read under way follows `.live`, so that what it finds was not missed by mistake.
    var isResync = true
    /// The end, while nobody watches.
    var removal: Scheduled<Void>?

    init(
        id: UInt64, board: Board, ranking: Ranking, plan: ReadPlan, conflation: Conflation, history: TopHistory
    ) {
        self.id = id
        self.board = board
        self.ranking = ranking
        self.plan = plan
        self.conflation = conflation
        self.history = history
    }

    var isUnwatched: Bool { audience.isEmpty }
}
