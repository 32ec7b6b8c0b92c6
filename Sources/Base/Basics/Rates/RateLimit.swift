/// A rate limit for each user and board, kept by GCRA (ITU-T I.371, the "virtual scheduling" form): `count` at once,
/// then one each `period / count`.
public struct RateLimit: Hashable, Sendable {
    /// Updates in one period.
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

    /// GCRA's emission interval, in microseconds.
    public var intervalMicroseconds: Int64 { max(1, periodMilliseconds * 1000 / Int64(count)) }

    /// GCRA's tolerance, in microseconds: a burst of `count` passes, the next one does not.
    public var toleranceMicroseconds: Int64 { intervalMicroseconds * Int64(count) }
}
