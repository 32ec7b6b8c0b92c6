import Leaderboard

extension BoardModel {
    /// Answers a question about a period of a window.
    ///
    /// - Parameter period: nil for the current one.
    /// - Returns: the answer and the period; nil if there is no such window.
    mutating func read(
        _ question: RankingQuestion, _ board: Board, window: String, period: Period?, at now: Int64
    ) -> (answer: ModelAnswer, period: Period)? {
        guard let found = period ?? current(board, window: window, at: now) else { return nil }
        if period == nil { turn(board, window: window, to: found) }
        let ranking = Ranking(board: board.id, window: window, period: found.name)
        let content = archives[ranking] ?? self.ranking(ranking, period: found, of: board)
        return (content.answer(question), found)
    }

    /// Takes a version that a store has answered for the current period. Returns whether it is possible.
    mutating func observe(_ version: Int64, of window: BoardWindow) -> Bool {
        versions[window, default: ModelVersion()].observe(version)
    }
}
