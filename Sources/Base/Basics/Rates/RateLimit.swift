/// A rate limit, kept by GCRA (ITU-T I.371, the "virtual scheduling" form): `count` at once, then one each
/// `period / count`.
public struct RateLimit: Hashable, Sendable {
    /// The number that may pass in one period.
    public let count: Int
    /// The period in milliseconds, the unit of Redis' scripts and of the catalogue.
    public let periodMilliseconds: Int64

    /// - Parameters:
    ///   - count: at least 1.
    ///   - periodMilliseconds: at least 1.
    public init(count: Int, periodMilliseconds: Int64) {
        precondition(count >= 1 && periodMilliseconds >= 1, "a rate limit needs a count and a period")
        self.count = count
        self.periodMilliseconds = periodMilliseconds
    }

    /// - Parameters:
    ///   - count: at least 1.
    ///   - period: at least 1 ms; cut to whole milliseconds.
    public init(count: Int, period: Duration) {
        self.init(count: count, periodMilliseconds: period.wholeMilliseconds)
    }

    /// The period.
    public var period: Duration { .milliseconds(periodMilliseconds) }
}
