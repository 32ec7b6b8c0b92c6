import Basics

/// When a ranking is read from the store: at the start, whenever the feed became live, and then now and again to
/// compare. Pure; waits are in ms and `dice` is a random number in 0..<1.
package struct ReadPlan {
    private enum Phase { case resting, reading, readingAndAgain }
    private var phase = Phase.resting
    private var failures = 0
    /// The failures that make the next wait longer.
    private var failuresOfBackoff = 0
    private let comparisonMilliseconds: Int64
    private static let backoff = Backoff(base: .milliseconds(100), cap: .seconds(5), jitter: .equal)

    /// - Parameter comparisonMilliseconds: about how long to wait between two reads when all is well.
    package init(comparisonMilliseconds: Int64) {
        self.comparisonMilliseconds = max(1, comparisonMilliseconds)
    }

    /// What to do next.
    package enum Action: Equatable {
        /// Start a read now; a wait ends.
        case read
        /// Call `wanted` after so many ms.
        case wait(milliseconds: Int64)
        /// A read is under way, and another one will follow.
        case nothing
    }

    /// How many reads have failed since one succeeded.
    package var failureCount: Int { failures }
    /// Whether reads have failed for so long that operators should know: a second or more. A node that starts has to
    /// wait for its stores, which is nothing to worry about.
    package var failureLasts: Bool { failures >= Self.lastingFailures }
    /// The failure with which they are told.
    package static let lastingFailures = 5

    /// A read is due. What is being read may be older than the reason for it, so it does not count.
    package mutating func requestRead() -> Action {
        guard phase == .resting else {
            phase = .readingAndAgain
            return .nothing
        }
        phase = .reading
        return .read
    }

    /// A read is due, and the store is known to be back: the waits begin anew.
    package mutating func wantedAfterOutage() -> Action {
        failuresOfBackoff = 0
        return requestRead()
    }

    /// The read succeeded.
    package mutating func succeeded(dice: Double) -> Action {
        (failures, failuresOfBackoff) = (0, 0)
        guard phase != .readingAndAgain else {
            phase = .reading
            return .read
        }
        phase = .resting
        return .wait(milliseconds: Int64(Double(comparisonMilliseconds) * (0.75 + dice / 2)))
    }

    /// The read failed. Later tries wait longer, each for a random part of its time.
    package mutating func failed(dice: Double) -> Action {
        failures += 1
        failuresOfBackoff += 1
        phase = .resting
        return .wait(milliseconds: Self.backoff.wait(failures: failuresOfBackoff, draw: dice).wholeMilliseconds)
    }
}
