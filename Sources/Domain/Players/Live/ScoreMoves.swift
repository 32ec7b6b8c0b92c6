import Leaderboard

/// The moves of one write in the current ranking of a window.
public struct ScoreMoves: Sendable, Equatable {
    /// The period's name.
    public let period: String
    /// The moves, each user once.
    public let moves: [ScoreMove]

    /// Gathers the parts.
    public init(period: String, moves: [ScoreMove]) {
        self.period = period
        self.moves = moves
    }
}

/// A user's move in a ranking.
public struct ScoreMove: Sendable, Equatable {
    /// The user.
    @ByteExact public private(set) var userID: String
    /// The place before; nil for a newcomer.
    public let before: LeaderboardCursor?
    /// The place after.
    public let after: LeaderboardCursor

    /// Gathers the parts.
    public init(userID: String, before: LeaderboardCursor?, after: LeaderboardCursor) {
        self.userID = userID
        self.before = before
        self.after = after
    }
}
