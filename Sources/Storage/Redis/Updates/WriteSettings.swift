import Basics
import Leaderboard

/// The part of the configuration that score updates need.
public struct WriteSettings: Sendable {
    /// The partitions.
    public var partitioning: Partitioning
    /// The rate limit for each user and board; nil for none.
    public var rateLimit: RateLimit?
    /// How long a receipt is kept after the issue of its action id, in ms. It is longer than the id is valid, so that a
    /// node whose clock is slightly behind refuses no id. Exactly-once does not depend on it; see `lua/apply.lua`.
    public var receiptLifetimeMilliseconds: Int64

    /// - Parameters:
    ///   - actionMaxAge: how long an action id is valid after its issue.
    ///   - actionSkew: how long before its issue it is already valid.
    public init(
        partitioning: Partitioning, rateLimit: RateLimit?, actionMaxAge: Duration, actionSkew: Duration
    ) {
        self.partitioning = partitioning
        self.rateLimit = rateLimit
        // The span of validity, and two minutes for clocks that differ.
        receiptLifetimeMilliseconds = (actionMaxAge + actionSkew + .seconds(120)).wholeMilliseconds
    }
}
