import Metrics

/// The metrics of one follower of the ledger.
struct FollowerMetrics: Sendable {
    private let lag: Gauge
    private let events: Counter
    private let failures: Counter

    init(_ follower: String) {
        let dimensions = [("follower", follower)]
        lag = Gauge(label: "scorecast_follower_lag", dimensions: dimensions)
        events = Counter(label: "scorecast_follower_events_total", dimensions: dimensions)
        failures = Counter(label: "scorecast_follower_failures_total", dimensions: dimensions)
    }

    /// The events of the ledger that it has not taken.
    func record(lag count: Int64) { lag.record(count) }

    /// It took this many sequence numbers.
    func record(took count: Int64) { events.increment(by: count) }

    /// An event could not be taken, or a store could not be reached.
    func recordFailure() { failures.increment() }
}
