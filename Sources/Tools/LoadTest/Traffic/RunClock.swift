import Synchronization

/// The times of one run: when the traffic began, when it ends, and until when everything has to agree. An interruption
/// makes both ends earlier.
final class RunClock: Sendable {
    private struct Times {
        var start: ContinuousClock.Instant?
        var isInterrupted = false
        var end: ContinuousClock.Instant?
        var settlingSince: ContinuousClock.Instant?
    }

    /// The time for a run to settle after an interruption.
    private static let settleInterrupted = Duration.seconds(3)

    private let duration: Duration
    private let settleTime: Duration
    private let times = Mutex(Times())

    init(_ scenario: Scenario) {
        duration = scenario.duration
        settleTime = scenario.settle
    }

    /// The traffic begins now.
    ///
    /// - Returns: the beginning.
    func begin() -> ContinuousClock.Instant {
        let now = ContinuousClock.now
        times.withLock { times in
            times.start = now
            // Already interrupted: there is no traffic.
            times.end = min(times.end ?? now + duration, now + duration)
        }
        return now
    }

    /// The traffic is to end now.
    func interrupt() {
        times.withLock { times in
            times.isInterrupted = true
            times.end = min(times.end ?? .now, .now)
        }
    }

    /// Whether it was ended before its time.
    var isInterrupted: Bool { times.withLock { $0.isInterrupted } }

    /// Since the beginning of the traffic; nil before it.
    var timeOfTraffic: Duration? { times.withLock { $0.start }.map { ContinuousClock.now - $0 } }

    /// Since the beginning; nothing before it.
    var elapsed: Duration { timeOfTraffic ?? .zero }

    /// Whether the traffic has been over for this time.
    func isOver(for time: Duration) -> Bool { times.withLock { $0.end }.map { $0 + time <= .now } ?? false }

    /// How long the traffic lasted, or will.
    var trafficTime: Duration {
        times.withLock { times in
            guard let start = times.start, let end = times.end else { return .zero }
            return max(end - start, .zero)
        }
    }

    /// From now on everything has to agree within the time for it.
    func beginSettling() { times.withLock { $0.settlingSince = .now } }

    /// The time by which everything has to agree. An interruption makes it earlier.
    var settleDeadline: ContinuousClock.Instant { (times.withLock { $0.settlingSince } ?? .now) + settle }

    /// The time that everything may take to agree.
    var settle: Duration { isInterrupted ? min(settleTime, Self.settleInterrupted) : settleTime }

    /// The time until which unknown outcomes are asked for again.
    var retryDeadline: ContinuousClock.Instant { (times.withLock { $0.end } ?? .now) + settle }
}
