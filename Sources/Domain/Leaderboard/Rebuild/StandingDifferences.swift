/// How standings in the store differ from those in Postgres.
public struct StandingDifferences: Hashable, Sendable {
    /// Those that the store does not have.
    public var missing: Int64
    /// Those that the store has with another score, time or place among equal scores.
    public var different: Int64

    /// Creates them.
    public init(missing: Int64 = 0, different: Int64 = 0) {
        self.missing = missing
        self.different = different
    }
}
