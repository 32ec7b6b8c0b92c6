import NIOCore

/// Keeps pushes of one ranking apart: the first change goes out at once, later ones at most once an interval, the
/// latest wins. Pure; times are nanoseconds of any one clock.
package struct Conflation {
    private let interval: Int64
    private var notBefore = Int64.min
    private var isWaiting = false

    /// - Parameter interval: the least time between two pushes; zero for none.
    package init(interval: Duration) {
        self.interval = max(0, TimeAmount(interval).nanoseconds)
    }

    /// What to do about a change.
    package enum Action: Equatable {
        /// Push it.
        case push
        /// Call `timeHasCome` at this time.
        case wait(until: Int64)
        /// An earlier change waits already; this one takes its place.
        case nothing
    }

    /// A change happened at `now`.
    package mutating func changed(at now: Int64) -> Action {
        guard !isWaiting else { return .nothing }
        guard now < notBefore else {
            notBefore = now + interval
            return .push
        }
        isWaiting = true
        return .wait(until: notBefore)
    }

    /// The time that `changed` asked to wait for has come; the latest change is to be pushed.
    package mutating func timeHasCome(at now: Int64) {
        isWaiting = false
        notBefore = now + interval
    }
}
