/// Updates for each user and board in one period (`SCORECAST_RATE_LIMIT`).
public struct RateLimitSetting: Hashable, Sendable {
    /// Updates in one period, at least 1.
    public var count: Int
    /// The period, in milliseconds, at least 1.
    public var periodMilliseconds: Int64

    /// A limit of `count` updates in each period.
    public init(count: Int, periodMilliseconds: Int64) {
        self.count = count
        self.periodMilliseconds = periodMilliseconds
    }
}
