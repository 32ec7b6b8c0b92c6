/// A rate limit as ``GCRA`` keeps it: `count` at once, then one each `period / count`.
public struct RateLimit: Hashable, Sendable {
    /// How many pass in one period.
    public let count: Int
    /// The period, in milliseconds.
    public let periodMilliseconds: Int64

    /// - Parameters:
    ///   - count: at least 1.
    ///   - periodMilliseconds: at least 1.
    public init(count: Int, periodMilliseconds: Int64) {
        precondition(count >= 1 && periodMilliseconds >= 1, "a rate limit needs a count and a period")
        self.count = count
        self.periodMilliseconds = periodMilliseconds
    }
}
