/// Limits how often a ranking is pushed. The first change is pushed at once, later ones at most once in each interval,
/// and the latest wins. Pure; times are nanoseconds of any one clock.
///
///     quiet ──recordChange──▶ quiet (push), or waiting (wait)
///     waiting ──recordChange──▶ waiting (nothing)
///     waiting ──endWait──▶ quiet
package struct Conflation {
    private let interval: Int64
    private var notBefore = Int64.min
    private var isWaiting = false

    /// - Parameter intervalNanoseconds: the shortest time between two pushes; 0 for no limit.
    package init(intervalNanoseconds: Int64) {
        interval = max(0, intervalNanoseconds)
    }

    /// What to do about a change.
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
