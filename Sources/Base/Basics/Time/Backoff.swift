/// How long to wait before another try: a random share of a bound that doubles with each failure, up to a cap. The
/// random share keeps clients that lost the same server from coming back in step.
///
/// Source: M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
public struct Backoff: Sendable, Hashable {
    /// Which share of the bound a wait may be.
    public enum Jitter: Sendable, Hashable {
        /// From nothing to the bound: spreads clients best.
        case full
        /// From half of the bound to the bound: no try comes early.
        case equal
    }

    /// The bound on the first wait.
    public var base: Duration
    /// The bound on every wait.
    public var cap: Duration
    /// How a wait is drawn.
    public var jitter: Jitter
    /// Even the shortest draw waits this long.
    public var least: Duration

    /// - Parameters:
    ///   - base: the bound on the first wait.
    ///   - cap: the bound on every wait.
    ///   - jitter: how a wait is drawn.
    ///   - least: even the shortest draw waits this long.
    public init(base: Duration, cap: Duration, jitter: Jitter = .full, least: Duration = .zero) {
        self.base = base
        self.cap = cap
        self.jitter = jitter
        self.least = least
    }

    /// The longest wait after `failures` failures in a row, counted from 1.
    public func bound(failures: Int) -> Duration {
        // 2^20 times any base above a millisecond is more than a quarter of an hour; a larger shift could overflow.
        let doublings = min(max(failures, 1) - 1, 20)
        return max(least, min(cap, base * (1 << doublings)))
    }

    /// The wait after `failures` failures in a row, counted from 1.
    ///
    /// - Parameter draw: a random number from 0 to 1.
    public func wait(failures: Int, draw: Double) -> Duration {
        let draw = min(max(draw, 0), 1)
        let share =
            switch jitter {
            case .full: draw
            case .equal: 0.5 + draw / 2
            }
        return max(least, bound(failures: failures) * share)
    }

    /// The wait after `failures` failures in a row, drawn with `generator`.
    public func wait(failures: Int, using generator: inout some RandomNumberGenerator) -> Duration {
        wait(failures: failures, draw: .random(in: 0...1, using: &generator))
    }

    /// The wait after `failures` failures in a row, drawn with the system's random numbers.
    public func wait(failures: Int) -> Duration {
        wait(failures: failures, draw: .random(in: 0...1))
    }
}
