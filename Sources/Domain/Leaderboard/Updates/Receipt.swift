/// The result of a score update. It is kept for as long as its action id is valid.
public struct Receipt: Hashable, Sendable {
    /// The user's score in the first ranking that took the update.
    public var score: Int64
    /// The user's rank there, from 1.
    public var rank: Int64
    /// The id of that ranking's board; nil for the update's first board.
    public var board: String?
    /// The outcome in each ranking, in the order of the targets, if there is more to say than the score and the rank:
    /// there are several rankings, one is sealed, or the old score was kept. Empty otherwise.
    public var rankings: [RankingOutcome]

    /// Creates a receipt.
    public init(score: Int64, rank: Int64, board: String? = nil, rankings: [RankingOutcome] = []) {
        self.score = score
        self.rank = rank
        self.board = board
        self.rankings = rankings
    }
}
