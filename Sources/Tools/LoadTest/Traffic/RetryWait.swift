import Basics

/// Whether an update is sent again, and how long to wait before it is. Pure.
package enum RetryWait {
    /// The time for which one outcome is asked for in a long test. Action ids are good for ten minutes by default, so a
    /// node can be down for minutes without leaving an outcome unknown.
    package static let askedMax = Duration.seconds(500)
    /// The wait after each attempt.
    package static let backoff = Backoff(base: .milliseconds(50), cap: .seconds(2), jitter: .equal)

    /// The wait before an outcome is asked for again; nil if it is given up.
    ///
    /// - Parameters:
    ///   - attempt: the number of the last attempt, from 1.
    ///   - nodes: the number of nodes. Each is asked once, even if it is late: a node that hangs can take all the time
    ///     that others would need.
    ///   - asked: the time since the first attempt.
    ///   - left: the time until outcomes have to be known.
    ///   - draw: 0 to 1.
    package static func wait(
        afterAttempt attempt: Int, of nodes: Int, asked: Duration, left: Duration, draw: Double
    ) -> Duration? {
        let wait = backoff.wait(failures: attempt, draw: draw)
        return asked + wait < askedMax && (attempt < nodes || wait < left) ? wait : nil
    }
}
