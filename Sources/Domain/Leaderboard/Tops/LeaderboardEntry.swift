/// One line of a leaderboard.
public struct LeaderboardEntry: Hashable, Sendable {
    /// From 1.
    public var rank: Int64
    /// The user.
    @ByteExact public var userID: String
    /// The user's score.
    public var score: Int64

    /// A line.
    public init(rank: Int64, userID: String, score: Int64) {
        self.rank = rank
        self.userID = userID
        self.score = score
    }
}
