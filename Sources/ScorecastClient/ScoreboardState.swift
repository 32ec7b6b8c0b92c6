/// One place of a board.
public struct ScoreboardEntry: Sendable, Equatable {
    /// From 1. On boards with shared ranks several entries can have the same.
    public var rank: Int64
    /// The user. Two ids are the same if their bytes (UTF-8) are.
    public var userID: String
    /// The score, within ±2^53.
    public var score: Int64

    /// An entry.
    public init(rank: Int64, userID: String, score: Int64) {
        self.rank = rank
        self.userID = userID
        self.score = score
    }

    /// Whether all is the same, ids byte by byte: to `String`, composed and decomposed letters are equal.
    public static func == (left: ScoreboardEntry, right: ScoreboardEntry) -> Bool {
        left.rank == right.rank && left.score == right.score && left.userID.utf8.elementsEqual(right.userID.utf8)
    }
}

/// The top of a board at one version.
public struct ScoreboardState: Sendable, Equatable {
    /// The board, as the server names it.
    public var board: String
    /// The window, as the server names it.
    public var window: String
    /// The run of the window, such as `2026-11-20`; `all` for the window without end.
    public var period: String
    /// Names one unbroken history of the board.
    public var epoch: String
    /// Grows within an epoch, and may skip.
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
