/// The top of a board at one version.
public struct ScoreboardState: Sendable, Equatable {
    /// The board, as the server names it.
    public var board: String
    /// The window, as the server names it.
    public var window: String
    /// The period of the window, such as `2026-11-20`; `all` for the window without end. When a period ends, the next
    /// state has the new one.
    public var period: String
    /// Names one unbroken history of the board.
    public var epoch: String
    /// Grows within an epoch, also from one period to the next, and may skip.
    public var version: Int64
    /// When the change was made, in milliseconds since 1970 by the server's clock.
    public var at: Int64
    /// The top, best first.
    public var entries: [ScoreboardEntry]

    /// A state.
    public init(
        board: String, window: String, period: String, epoch: String, version: Int64, at: Int64,
        entries: [ScoreboardEntry]
    ) {
        self.board = board
        self.window = window
        self.period = period
        self.epoch = epoch
        self.version = version
        self.at = at
        self.entries = entries
    }
}
