/// A window of a board, which watchers follow through all of its periods.
public struct BoardWindow: Hashable, Sendable {
    /// The board's id.
    public var board: String
    /// The window's name.
    public var window: String

    /// Names a window of a board.
    public init(board: String, window: String = Ranking.allWindow) {
        self.board = board
        self.window = window
    }
}
