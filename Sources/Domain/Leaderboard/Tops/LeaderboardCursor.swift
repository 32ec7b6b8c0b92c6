/// The place after one entry of a ranking. It stays valid while other entries move, and after the entry itself has
/// moved.
public struct LeaderboardCursor: Hashable, Sendable {
    /// The entry's score.
    public var score: Int64
    /// The entry's member in the sorted set: its tie key and user id.
    @ByteExact public var member: String

    /// Creates a cursor.
    public init(score: Int64, member: String) {
        self.score = score
        self.member = member
    }
}
