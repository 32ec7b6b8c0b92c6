/// A load test: its watchers, its users, its duration, and its thresholds.
///
/// Scenarios are JSON files; ``ScenarioReader`` reads them. Every member but `duration` has a default.
public struct Scenario: Sendable, Equatable {
    /// The mode that watchers ask for.
    public enum Mode: String, Sendable, CaseIterable {
        /// The whole top each time.
        case full
        /// The changes.
        case delta
        /// Every other watcher gets deltas.
        case mixed
    }

    /// Those who look on.
    public struct Watchers: Sendable, Equatable {
        /// The number of them.
        public var count = 0
        /// Their mode.
        public var mode = Mode.mixed
        /// The number of entries that they show.
        public var limit = 10
        /// The number of watchers that connect in a second, before the traffic begins.
        public var arrivals = 200.0
    }

    /// Those who score.
    public struct Updates: Sendable, Equatable {
        /// The number of users that score, each with a token of its own.
        public var users = 100
        /// Requests in a second, all users together; 0 for a test with watchers only. Each is due at a time of its own,
        /// whether or not others were answered.
        public var rate = 100.0
        /// The most requests in progress at once.
        public var connections = 32
        /// The time after which the outcome of a request counts as unknown.
        public var timeout = Duration.seconds(5)
        /// The share of requests that repeat an action id that was accepted before.
        public var replays = 0.05
        /// The share of requests whose action id was tampered with.
        public var invalid = 0.01
        /// The action of the catalogue; it is made if it is missing.
        public var action = "load"
        /// Its points.
        public var points: Int64 = 5
    }

    /// For people, in the report.
    public var name = "load"
    /// The seed of all random choices: the users that score, and the requests that are repeated or tampered with.
    public var seed: UInt64 = 1
    /// The board. Nothing else should change it during the test.
    public var board = "global"
    /// The duration of the traffic.
    public var duration: Duration
    /// The longest time after the traffic until everything must agree.
    public var settle = Duration.seconds(10)
    /// Those who look on.
    public var watchers = Watchers()
    /// Those who score.
    public var updates = Updates()
    /// The bounds of figures. Unless they say otherwise, no update may fail.
    public var thresholds: [Measure: Double] = [.updateErrors: 0]

    /// A scenario with the defaults.
    public init(duration: Duration) { self.duration = duration }
}
