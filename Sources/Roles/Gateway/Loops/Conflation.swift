import NIOCore

/// Keeps pushes of one window apart: the first change goes out at once, later ones at most once an interval, the
/// latest wins. Pure; times are nanoseconds of any one clock.
package struct Conflation {
    private let interval: Int64
    private var notBefore = Int64.min
    private var isWaiting = false

    /// - Parameter interval: the least time between two pushes; zero for none.
    package init(interval: Duration) {
        self.interval = max(0, TimeAmount(interval).nanoseconds)
    }

    /// The decision about a change.
    package enum Action: Equatable {
        /// Push it.
        case push
        /// Call `endWait` at this time.
        case wait(until: Int64)
        /// An earlier change waits already. The latest one is pushed in its place.
        case nothing
    }

    /// A change happened at `now`.
    package mutating func recordChange(at now: Int64) -> Action {
        guard !isWaiting else { return .nothing }
        guard now < notBefore else {
            notBefore = now + interval
            return .push
        }
        isWaiting = true
        return .wait(until: notBefore)
    }

    /// The wait that `recordChange` asked for is over. The caller pushes the latest change.
    package mutating func endWait(at now: Int64) {
        isWaiting = false
        notBefore = now + interval
    }
}
