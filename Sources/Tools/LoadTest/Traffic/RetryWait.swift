import Basics

/// Whether an update is sent again, and how long to wait before it is. Pure.
package enum RetryWait {
    /// How long one outcome is asked for in a long test: action ids are good for ten minutes unless the deployment says
    /// otherwise, so that a node can be down for minutes and nothing is left unknown.
    package static let askedMax = Duration.seconds(500)
    /// The wait after each attempt.
    package static let backoff = Backoff(base: .milliseconds(50), cap: .seconds(2), jitter: .equal)

    /// The wait before an outcome is asked for again; nil where it is given up.
    ///
    /// - Parameters:
    ///   - attempt: how many were made, from 1.
    ///   - nodes: how many there are. Each is asked once, however late it is: one that hangs can take all the time that
    ///     others would need.
    ///   - asked: since the first attempt.
    ///   - left: until outcomes have to be known.
    ///   - draw: 0 to 1.
    package static func wait(
        afterAttempt attempt: Int, of nodes: Int, asked: Duration, left: Duration, draw: Double
    ) -> Duration? {
        let wait = backoff.wait(failures: attempt, draw: draw)
        return asked + wait < askedMax && (attempt < nodes || wait < left) ? wait : nil
    }
}
