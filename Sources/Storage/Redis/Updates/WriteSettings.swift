import Basics
import Leaderboard

/// What score updates need to know of the configuration.
public struct WriteSettings: Sendable {
    /// The number of partitions.
    public var partitioning: Partitioning
    /// The rate limit for each user and board; nil for none.
    public var rateLimit: RateLimit?
    /// How long a receipt is kept after the issue of its action id, in ms: longer than the id is good, so that a node
    /// whose clock is a little behind refuses none. That none counts twice does not hang on it: see `lua/apply.lua`.
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
