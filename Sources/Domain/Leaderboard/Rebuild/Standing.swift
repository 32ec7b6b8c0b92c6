/// A user's place in a ranking, as Postgres keeps it.
public struct Standing: Hashable, Sendable {
    /// The ranking.
    public var ranking: Ranking
    /// The user.
    @ByteExact public var userID: String
    /// The score.
    public var score: Int64
    /// The sequence number at which the score was reached. It decides ties.
    public var reachedSeq: Int64
    /// When the score was reached, in ms since 1970.
    public var updatedAt: Int64

    /// Creates a standing.
    public init(ranking: Ranking, userID: String, score: Int64, reachedSeq: Int64, updatedAt: Int64) {
        self.ranking = ranking
        self.score = score
        self.reachedSeq = reachedSeq
        self.updatedAt = updatedAt
        self.userID = userID
    }
}
