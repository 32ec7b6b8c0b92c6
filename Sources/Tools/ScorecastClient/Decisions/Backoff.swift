/// Exponential backoff with full jitter: each wait is drawn evenly between zero and a bound that doubles with each
/// failure, so that clients that lost the same server do not come back at the same time.
///
/// Source: M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
package struct Backoff: Sendable, Equatable {
    /// Even the shortest draw waits this long.
    package static let leastWait = Duration.milliseconds(10)

    private let base: Duration
    private let cap: Duration

    /// - Parameters:
    ///   - base: the bound on the first wait.
    ///   - cap: the bound on every wait.
    package init(base: Duration, cap: Duration) {
        self.base = base
        self.cap = cap
    }

    /// The longest wait after `failures` failures in a row, counted from 1.
    package func bound(failures: Int) -> Duration {
        // A larger shift is beyond any cap, and could overflow.
        let doublings = min(max(failures, 1) - 1, 24)
        return max(Self.leastWait, min(cap, base * (1 << doublings)))
    }

    /// The wait after `failures` failures in a row.
    ///
    /// - Parameter draw: a random number from 0 to 1.
    package func wait(failures: Int, draw: Double) -> Duration {
        max(Self.leastWait, bound(failures: failures) * min(max(draw, 0), 1))
    }
}
