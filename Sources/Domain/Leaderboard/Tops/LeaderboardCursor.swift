/// The place after one entry of a ranking. It stays right while others move, and when the entry itself has moved away.
public struct LeaderboardCursor: Hashable, Sendable {
    /// The entry's score.
    public var score: Int64
    /// The entry's member in the sorted set: its tie key and user id.
    @ByteExact public var member: String

    /// A place.
    public init(score: Int64, member: String) {
        self.score = score
        self.member = member
    }
}
