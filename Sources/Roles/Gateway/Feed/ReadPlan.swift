import Basics

/// When a window is read from the store: at the start, whenever the feed became live, and then now and again to
/// compare. Pure; waits are in ms and `dice` is a random number in 0..<1.
package struct ReadPlan {
    private enum Phase {
        /// No read is in progress. Then `reading`.
        case resting
        /// A read is in progress. Then `resting` or `readingAndAgain`.
        case reading
        /// A read is in progress, and another one follows. Then `reading` or `resting`.
        case readingAndAgain
    }

    private var phase = Phase.resting
    private var failures = 0
    /// The failures that make the next wait longer.
    private var failuresOfBackoff = 0
    private let comparisonMilliseconds: Int64
    private static let backoff = Backoff(base: .milliseconds(100), cap: .seconds(5), jitter: .equal)

    /// - Parameter comparison: about how long to wait between two reads when all is well.
    package init(comparison: Duration) {
        comparisonMilliseconds = max(1, comparison.wholeMilliseconds)
    }

    /// The next step.
    package enum Action: Equatable {
        /// Start a read now, and end the wait.
        case read
        /// Call `requestRead` after this many ms.
        case wait(milliseconds: Int64)
        /// A read is in progress, and another one will follow.
        case nothing
    }

    /// The number of reads that have failed after the last one that succeeded.
    package var failureCount: Int { failures }
    /// Whether reads have failed for so long, a second or more, that operators should know. A node that starts has to
    /// wait for its stores, and that is not worth a warning.
    package var failureLasts: Bool { failures >= Self.lastingFailures }
    /// The number of the failure that is reported to operators.
    package static let lastingFailures = 5

    /// Asks for a read. One in progress may have begun before the reason for this, so another one follows it.
    package mutating func requestRead() -> Action {
        guard phase == .resting else {
            phase = .readingAndAgain
            return .nothing
        }
        phase = .reading
        return .read
    }

    /// Asks for a read when the store is known to be back. The waits after failures start again from the shortest.
    package mutating func requestReadAfterOutage() -> Action {
        failuresOfBackoff = 0
        return requestRead()
    }

    /// The read succeeded.
    package mutating func recordSuccess(dice: Double) -> Action {
        (failures, failuresOfBackoff) = (0, 0)
        guard phase != .readingAndAgain else {
            phase = .reading
            return .read
        }
        phase = .resting
        return .wait(milliseconds: Int64(Double(comparisonMilliseconds) * (0.75 + dice / 2)))
    }

    /// The read failed. The waits double, and each is a random half to whole of its time.
    package mutating func recordFailure(dice: Double) -> Action {
        failures += 1
        failuresOfBackoff += 1
        phase = .resting
        return .wait(milliseconds: Self.backoff.wait(failures: failuresOfBackoff, draw: dice).wholeMilliseconds)
    }
}
