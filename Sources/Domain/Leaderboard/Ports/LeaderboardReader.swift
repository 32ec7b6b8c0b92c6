/// Reads rankings.
public protocol LeaderboardReader: Sendable {
    /// A page of a ranking.
    ///
    /// - Parameters:
    ///   - board: the ranking's board.
    ///   - ranking: what to read.
    ///   - limit: at most this many entries, 1 to 1000.
    ///   - cursor: where to start; nil for the head.
    func page(of board: Board, ranking: Ranking, limit: Int, after cursor: LeaderboardCursor?) async throws(StoreError)
        -> LeaderboardPage
}
