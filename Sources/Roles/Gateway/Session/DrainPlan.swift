/// How fast the sessions of one event loop are sent away. Pure; times are ticks of the hub.
package struct DrainPlan {
    private let pace: Int
    private let limit: Int
    private var elapsed = 0

    /// - Parameters:
    ///   - pace: the ticks over which the sessions are closed.
    ///   - limit: the ticks after which the remaining ones are cut.
    package init(pace: Int, limit: Int) {
        self.pace = max(1, pace)
        self.limit = max(1, limit)
    }

    /// What to do at one tick.
    package enum Step: Equatable {
        /// Close this many sessions.
        case close(Int)
        /// Cut all remaining sessions.
        case cut
    }

    /// A tick passes.
    ///
    /// - Parameter open: how many sessions have not been told to leave yet.
    package mutating func tick(open: Int) -> Step {
        let left = max(1, pace - elapsed)
        elapsed += 1
        return elapsed > limit ? .cut : .close((open + left - 1) / left)
    }
}
