/// What a load test does: who watches, who scores, for how long, and what counts as good enough.
///
/// Scenarios are JSON files; ``ScenarioReader`` reads them. Every member but `duration` has a default.
public struct Scenario: Sendable, Equatable {
    /// What watchers ask the server for.
    public enum Mode: String, Sendable, CaseIterable {
        /// The whole top each time.
        case full
        /// What has changed.
        case delta
        /// Every other watcher gets deltas.
        case mixed
    }

    /// Those who look on.
    public struct Watchers: Sendable, Equatable {
        /// How many.
        public var count = 0
        /// What they ask for.
        public var mode = Mode.mixed
        /// How many entries they show.
        public var limit = 10
        /// How many of them come in a second, before the traffic begins.
        public var arrivals = 200.0
    }

    /// Those who score.
    public struct Updates: Sendable, Equatable {
        /// How many users score, each with a token of its own.
        public var users = 100
        /// Requests in a second, all users together. Each is due at a time of its own, whether or not others were
        /// answered; 0 for a test with watchers only.
        public var rate = 100.0
        /// How many requests can be on their way at once.
        public var connections = 32
        /// How long one request may take before its outcome counts as unknown.
        public var timeout = Duration.seconds(5)
        /// The share of requests that repeat an action id that was accepted before.
        public var replays = 0.05
        /// The share of requests whose action id was tampered with.
        public var invalid = 0.01
        /// The action of the catalogue; it is made where it is not there.
        public var action = "load"
        /// What it is worth.
        public var points: Int64 = 5
    }

    /// For people, in the report.
    public var name = "load"
    /// What all draws come from: who scores, what is repeated, what is tampered with.
    public var seed: UInt64 = 1
    /// The board. Nothing else should change it during the test.
    public var board = "global"
    /// How long the traffic lasts.
    public var duration: Duration
    /// How long at most after the traffic until everything must agree.
    public var settle = Duration.seconds(10)
    /// Those who look on.
    public var watchers = Watchers()
    /// Those who score.
    public var updates = Updates()
    /// What figures may be at most, or have to be at least. Unless it says so, no update may fail.
    public var thresholds: [Measure: Double] = [.updateErrors: 0]

    /// A scenario with the defaults.
    public init(duration: Duration) { self.duration = duration }
}

/// A figure that a scenario can set a threshold for. The raw value is its name in scenarios and reports.
public enum Measure: String, Sendable, CaseIterable {
    /// From the time a request was due to the answer that settled it, milliseconds.
    case updateP50 = "update_p50_ms"
    /// The same, for the slowest hundredth.
    case updateP99 = "update_p99_ms"
    /// The same, for the slowest thousandth.
    case updateP999 = "update_p999_ms"
    /// The slowest.
    case updateMax = "update_max_ms"
    /// Of the requests that should have been accepted, the share that was refused, not sent or left unknown.
    case updateErrors = "update_error_share"
    /// Accepted updates in a second of traffic, at least.
    case acceptedPerSecond = "accepted_per_second"
    /// From the commit of a change to its arrival at a watcher, milliseconds.
    case stalenessP50 = "staleness_p50_ms"
    /// The same, for the latest hundredth.
    case stalenessP99 = "staleness_p99_ms"
    /// The same, for the latest thousandth.
    case stalenessP999 = "staleness_p999_ms"
    /// From the first watcher to get a version to the last one, milliseconds.
    case skewP99 = "skew_p99_ms"
    /// From the end of the traffic until all watchers showed the final top, milliseconds.
    case converge = "converge_ms"
    /// Connections of watchers that had to be made again.
    case reconnects

    /// Whether more is better, so that the threshold is the least that is good enough.
    package var isAtLeast: Bool { self == .acceptedPerSecond }
}
