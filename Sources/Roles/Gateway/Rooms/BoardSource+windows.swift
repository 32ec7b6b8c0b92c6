import Leaderboard

extension BoardSource {
    /// Looks up a window and its board, as they are now.
    func find(_ followed: BoardWindow) throws(RankingProblem) -> (board: Board, window: Window) {
        guard let board = board(followed.board) else { throw .unknownBoard }
        guard let window = board.window(followed.window) else { throw .unknownWindow }
        return (board, window)
    }

    /// The board of a window; nil if the board or the window is gone.
    func board(of followed: BoardWindow) -> Board? { try? find(followed).board }
}
