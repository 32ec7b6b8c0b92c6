// The domain of Scorecast: boards, actions, score updates and the ports to the stores that keep them.
// Start here for the words; then `ScoreUpdate.swift` for what happens, `Ports.swift` for who does it.

/// One ranking: a board, one of its windows, and one period of that window.
///
/// Each ranking is one sorted set. Example: board `global`, window `all`, period `all`.
public struct Ranking: Hashable, Sendable {
    /// The board's id, `[A-Za-z0-9_-]{1,64}`.
    public var board: String
    /// The window's name: `all`, `daily`, `weekly`, `monthly` or a cron expression.
    public var window: String
    /// The period of the window, such as `2026-11-20`; the window `all` has one period, `all`.
    public var period: String

    /// Names a ranking.
    public init(board: String, window: String = Ranking.allWindow, period: String = Ranking.allWindow) {
        self.board = board
        self.window = window
        self.period = period
    }

    /// The name of the window that never ends, and of its one period.
    public static let allWindow = "all"
}

/// The visible part of a board and where the board lives.
public struct Board: Hashable, Sendable {
    /// The board's id, `[A-Za-z0-9_-]{1,64}`.
    public var id: String
    /// Boards of one group share a partition, so that one action can touch several of them in one step.
    public var group: String
    /// How many entries at the head of the ranking are watched and pushed; 1 to 100.
    public var top: Int
    /// Who may see it.
    public var visibility: Visibility

    /// Who may see a board.
    public enum Visibility: String, Hashable, Sendable {
        /// Everybody.
        case `public`
        /// Whoever has a valid token.
        case `private`
    }

    /// A board with the defaults of `global`: its own group, the ten best visible, public.
    public init(id: String, group: String? = nil, top: Int = 10, visibility: Visibility = .public) {
        self.id = id
        self.group = group ?? id
        self.top = top
        self.visibility = visibility
    }

    /// Whether it is seen with a valid token only.
    public var isPrivate: Bool { visibility == .private }

    /// The board that exists from the start.
    public static let global = Board(id: "global")
}

/// The whole numbers that a score may be: those that a double holds exactly.
///
/// Redis keeps sorted-set scores as doubles, so past these bounds an addition would silently do nothing.
public enum ScoreBounds {
    /// 2^53 − 1.
    public static let max: Int64 = 9_007_199_254_740_991
    /// −(2^53 − 1).
    public static let min: Int64 = -9_007_199_254_740_991
}
