/// Exponential backoff with full jitter: each wait is drawn evenly from nothing to a bound that doubles with each
/// failure, so that clients which lost the same server do not come back in step.
///
/// Source: M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
public struct Backoff: Sendable, Hashable {
    /// Bound on the first wait.
    public var base: Duration
    /// Bound on every wait.
    public var cap: Duration

    /// - Parameters:
    ///   - base: bound on the first wait.
    ///   - cap: bound on every wait.
    public init(base: Duration, cap: Duration) {
        self.base = base
        self.cap = cap
    }

    /// The longest wait after `failures` failures in a row.
    public func bound(failures: Int) -> Duration {
        // 2^20 times any base above a microsecond is more than a second; a larger shift could overflow.
        min(cap, base * (1 << min(max(failures, 0), 20)))
    }

    /// A wait after `failures` failures in a row.
    public func delay(failures: Int, using generator: inout some RandomNumberGenerator) -> Duration {
        bound(failures: failures) * Double.random(in: 0...1, using: &generator)
    }

    /// A wait after `failures` failures in a row, from the system's random numbers.
    public func delay(failures: Int) -> Duration {
        var generator = SystemRandomNumberGenerator()
        return delay(failures: failures, using: &generator)
    }
}
