/// A user's score in a ranking, and the event that reached it. Two of them are equal only if the same event made both.
public struct ReachedScore: Hashable, Sendable {
    /// The score.
    public var score: Int64
    /// The sequence number of the event that reached it. It decides ties.
    public var seq: Int64

    /// Creates one.
    public init(score: Int64, seq: Int64) {
        self.score = score
        self.seq = seq
    }
}
