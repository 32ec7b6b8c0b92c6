import Basics

/// The clock of an API node beside Redis' clock, and beside what Redis has forgotten. Pure.
public struct ClockComparison: Hashable, Sendable {
    /// The node's clock, in ms since 1970.
    public var node: Int64
    /// Redis' clock, in ms since 1970.
    public var redis: Int64
    /// The last second since 1970 whose receipts were deleted; nil if none were deleted yet.
    public var forgottenSecond: Int64?

    /// The largest difference, in ms, up to which two clocks count as equal.
    public static let toleranceMilliseconds: Int64 = 30_000

    /// Creates a comparison.
    public init(node: Int64, redis: Int64, forgottenSecond: Int64?) {
        self.node = node
        self.redis = redis
        self.forgottenSecond = forgottenSecond
    }

    /// How far the node's clock is ahead of Redis' clock, in ms. Negative if it is behind.
    public var differenceMilliseconds: Int64 { node.subtractingReportingOverflow(redis).partialValue }

    /// Returns why action ids that the node accepts can be refused for lack of their receipts, or nil if they cannot.
    ///
    /// A receipt outlives its action id by some minutes. So this happens only if the node's clock is behind the clocks
    /// of Redis and of other nodes. A difference alone is harmless. Deleted receipts without a difference mean that the
    /// maximum age was raised.
    ///
    /// - Parameter actionMaxAge: for how long after its issue the node takes an action id.
    public func whyReceiptsAreMissing(actionMaxAge: Duration) -> String? {
        guard let forgottenSecond, differenceMilliseconds < -Self.toleranceMilliseconds,
            forgottenSecond >= (node - actionMaxAge.wholeMilliseconds) / 1000
        else { return nil }
        return "the clock of this node is \(-differenceMilliseconds / 1000) s behind Redis' clock: "
            + "action ids that it takes have no receipts any more, and are refused; set the clocks right"
    }

    /// The text for an operator when an action id was refused because its receipt may be gone.
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
