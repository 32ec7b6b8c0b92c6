/// One ranking: a board, one of its windows, and one period of that window.
///
/// Each ranking is one sorted set in Redis. Example: board `global`, window `all`, period `all`.
public struct Ranking: Hashable, Sendable {
    /// The board's id, `[A-Za-z0-9_-]{1,64}`.
    public var board: String
    /// The window's name, such as `all`, `daily` or `season-1`.
    public var window: String
    /// The period of the window, such as `2026-11-20`; the window `all` has one period, `all`.
    public var period: String

    /// Creates the name of a ranking.
    public init(board: String, window: String = Ranking.allWindow, period: String = Ranking.allWindow) {
        self.board = board
        self.window = window
        self.period = period
    }

    /// The name of the window that never ends, and of its only period.
    public static let allWindow = "all"
}
