/// A hint that this connection asked for.
public struct ChallengeHint: Sendable, Equatable {
    /// The challenge.
    public let challenge: String
    /// From 0.
    public let index: Int
    /// The hint.
    public let text: String
    /// The coins that it cost.
    public let cost: Int64
    /// How many hints are left.
    public let left: Int

    /// A hint.
    package init(challenge: String, index: Int, text: String, cost: Int64, left: Int) {
        self.challenge = challenge
        self.index = index
        self.text = text
        self.cost = cost
        self.left = left
    }
}
