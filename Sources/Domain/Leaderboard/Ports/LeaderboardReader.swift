/// Reads rankings.
public protocol LeaderboardReader: Sendable {
    /// Returns a page of a ranking.
    ///
    /// - Parameters:
    ///   - board: the ranking's board.
    ///   - ranking: the ranking to read.
    ///   - limit: the most entries to return, 1 to 1000.
    ///   - cursor: the place after which the page starts; nil for the head.
    func page(of board: Board, ranking: Ranking, limit: Int, after cursor: LeaderboardCursor?) async throws(StoreError)
        -> LeaderboardPage
}
