/// How fast the sessions of one event loop are sent away. Pure; times are ticks of the loop's wheel.
package struct DrainPlan {
    private let pace: Int
    private let limit: Int
    private var elapsed = 0

    /// - Parameters:
    ///   - pace: over how many ticks the sessions are closed.
    ///   - limit: after how many ticks the rest is cut.
    package init(pace: Int, limit: Int) {
        self.pace = max(1, pace)
        self.limit = max(1, limit)
    }

    /// What one tick does.
    package enum Step: Equatable {
        /// Say good-bye to so many.
        case close(Int)
        /// Cut all that are left.
        case cut
    }

    /// A tick passes.
    ///
    /// - Parameter open: how many sessions were not said good-bye to.
    package mutating func tick(open: Int) -> Step {
        let left = max(1, pace - elapsed)
        elapsed += 1
        return elapsed > limit ? .cut : .close((open + left - 1) / left)
    }
}
