/// The things that a ``RankingRequest`` asks for, found.
public struct RankingChoice: Hashable, Sendable {
    /// The board, as it was when the request came.
    public let board: Board
    /// The ranking of that board.
    public let ranking: Ranking
    /// The number of entries.
    public let limit: Int
}
