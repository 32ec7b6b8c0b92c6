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
