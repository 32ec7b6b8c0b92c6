import Leaderboard
import NIOCore

/// The state of one watched ranking: its top, its reads, and the loops with watchers. Lives on the home loop, in
/// `WatchedRankings`.
final class WatchedRanking {
    let id: UInt64
    /// The board when it was last looked up.
    var board: Board
    let ranking: Ranking
    /// The event loops with watchers, by index.
    var audience: Set<Int> = []

    var tracker = TopTracker()
    var plan: ReadPlan
    var conflation: Conflation
    var publication: Publication?
    /// Versions that clients may still have.
    var history: TopHistory
    /// The number of epochs that were pushed.
    var epochNumber: UInt32 = 0
    /// The number of the current read. Results of earlier reads are ignored.
    var readTicket: UInt64 = 0
    /// The next read, if one is planned.
    var nextRead: Scheduled<Void>?
    /// Whether the current read follows `.live`. Then a newer top is expected, and does not count as a correction.
    var isResync = true
    /// The end of the ranking, while it has no watchers.
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
