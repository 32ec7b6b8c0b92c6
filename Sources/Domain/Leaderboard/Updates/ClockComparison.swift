import Basics

/// The clock of an API node beside Redis' clock, and beside what Redis has forgotten. Pure.
public struct ClockComparison: Hashable, Sendable {
    /// The node's clock, in ms since 1970.
    public var node: Int64
    /// Redis' clock, in ms since 1970.
    public var redis: Int64
    /// The last second, since 1970, whose action ids have no receipts any more; nil where none was forgotten yet.
    public var forgottenSecond: Int64?

    /// Below this, in ms, clocks count as the same.
    public static let toleranceMilliseconds: Int64 = 30_000

    /// A comparison.
    public init(node: Int64, redis: Int64, forgottenSecond: Int64?) {
        self.node = node
        self.redis = redis
        self.forgottenSecond = forgottenSecond
    }

    /// By how many ms the node's clock is ahead of Redis'; negative where it is behind.
    public var differenceMilliseconds: Int64 { node.subtractingReportingOverflow(redis).partialValue }

    /// Why action ids that the node takes as good can be refused for want of their receipts; nil when they cannot.
    ///
    /// A receipt outlives its action id by some minutes. So this only comes about when the node's clock is behind that
    /// of Redis and of others: a difference alone does no harm, and forgotten seconds alone come with a longer maximal
    /// age.
    ///
    /// - Parameter actionMaxAge: for how long after its issue the node takes an action id.
    public func whyReceiptsAreMissing(actionMaxAge: Duration) -> String? {
        guard let forgottenSecond, differenceMilliseconds < -Self.toleranceMilliseconds,
            forgottenSecond >= (node - actionMaxAge.wholeMilliseconds) / 1000
        else { return nil }
        return "the clock of this node is \(-differenceMilliseconds / 1000) s behind Redis' clock: "
            + "action ids that it takes have no receipts any more, and are refused; set the clocks right"
    }

    /// What an operator is told when an action id was refused since its receipt may be gone.
    public var staleDescription: String {
        let seconds = abs(differenceMilliseconds) / 1000
        guard abs(differenceMilliseconds) > Self.toleranceMilliseconds else {
            return "an action id is older than the receipts that are kept: "
                + "SCORECAST_ACTION_MAX_AGE differs between API nodes, or was raised a short time ago"
        }
        let place = differenceMilliseconds < 0 ? "behind" : "ahead of"
        return "an action id is older than the receipts that are kept: the clock of this node is \(seconds) s \(place) "
            + "Redis' clock; set the clocks right on all machines (NTP)"
    }
}
