/// One entry of a ranking: a rank, a user and a score.
public struct LeaderboardEntry: Hashable, Sendable {
    /// The rank, from 1.
    public var rank: Int64
    /// The user.
    @ByteExact public var userID: String
    /// The user's score.
    public var score: Int64

    /// Creates an entry.
    public init(rank: Int64, userID: String, score: Int64) {
        self.rank = rank
        self.userID = userID
        self.score = score
    }
}
