/// Decides whether an update is sent again, and after which wait. Pure.
package enum RetryWait {
    /// The time for which one outcome is asked for in a long test. Action ids are good for ten minutes by default, so a
    /// node can be down for minutes without leaving an outcome unknown.
    package static let askedMax = Duration.seconds(500)
    /// The bound of the first wait.
    package static let base = Duration.milliseconds(50)
    /// The bound of every wait.
    package static let cap = Duration.seconds(2)

    /// A wait drawn evenly from half of the bound to the bound, which doubles with each attempt.
    ///
    /// - Parameters:
    ///   - attempt: the number of the last attempt, from 1.
    ///   - draw: 0 to 1.
    package static func wait(afterAttempt attempt: Int, draw: Double) -> Duration {
        let bound = min(base * (1 << min(max(attempt - 1, 0), 10)), cap)
        return bound * (0.5 + draw / 2)
    }

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
        let wait = wait(afterAttempt: attempt, draw: draw)
        return asked + wait < askedMax && (attempt < nodes || wait < left) ? wait : nil
    }
}
