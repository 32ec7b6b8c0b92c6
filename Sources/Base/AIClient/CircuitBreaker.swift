/// Decides whether a service that may have failed is asked. Pure: each call takes the time.
///
/// It opens after some failures within a window, and then nobody asks. After a rest one request is let through as a
/// probe: if it succeeds, the breaker closes, and if it fails, the next rest begins.
///
/// Source: M. Nygard, "Release It!", 2007, chapter 5.2.
public struct CircuitBreaker: Sendable, Equatable {
    /// When it opens, and for how long.
    public struct Rule: Sendable, Hashable {
        /// The failures that open it.
        public var failures = 5
        /// How close together they must be.
        public var window = Duration.seconds(30)
        /// The time from its opening to the probe.
        public var rest = Duration.seconds(30)

        /// The defaults.
        public init() {}
    }

    /// The states.
    public enum State: Sendable, Equatable {
        /// Requests pass. The times of the failures within the window, oldest first. To `open` with the last one that
        /// the rule allows.
        case closed(failures: [Duration])
        /// No request passes until this time. The first one after it makes it `probing`.
        case open(until: Duration)
        /// One request is let through. To `closed` if it succeeds, to `open` if it fails.
        case probing
    }

    /// The permission to ask once. Its holder must report how it went.
    public enum Pass: Sendable, Equatable {
        /// One of many.
        case usual
        /// The one that decides whether the breaker closes.
        case probe
    }

    /// How a request went.
    public enum Outcome: Sendable, Equatable {
        /// The service answered as it should.
        case success
        /// It did not.
        case failure
        /// The request was given up before anybody knew.
        case abandoned
    }

    /// The state.
    public private(set) var state = State.closed(failures: [])
    private let rule: Rule

    /// A closed breaker.
    public init(_ rule: Rule = Rule()) { self.rule = rule }

    /// Asks for permission.
    ///
    /// - Parameter now: of a steady clock.
    /// - Returns: nil if the service must not be asked.
    public mutating func admit(at now: Duration) -> Pass? {
        switch state {
        case .closed: return .usual
        case .open(let end) where now < end: return nil
        case .open:
            state = .probing
            return .probe
        case .probing: return nil
        }
    }

    /// Takes note of how a request went.
    public mutating func note(_ outcome: Outcome, of pass: Pass, at now: Duration) {
        switch (state, pass, outcome) {
        case (.closed(let failures), .usual, .failure):
            let recent = failures.filter { now - $0 < rule.window } + [now]
            state = recent.count >= rule.failures ? .open(until: now + rule.rest) : .closed(failures: recent)
        case (.probing, .probe, .success): state = .closed(failures: [])
        case (.probing, .probe, .failure): state = .open(until: now + rule.rest)
        // The next request may be the probe at once.
        case (.probing, .probe, .abandoned): state = .open(until: now)
        // Requests that were on their way when the breaker opened change nothing: only the probe closes it.
        case (.open, _, _), (.probing, .usual, _), (.closed, _, _): break
        }
    }
}
