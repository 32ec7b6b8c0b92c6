import Telemetry

extension PlayModule {
    static let metrics: [MetricDescription] = [
        .init(label: "scorecast_awards_open", help: "Awards that are not settled yet."),
        .init(label: "scorecast_awards_oldest_seconds", help: "The age of the oldest award that is not settled yet."),
        .init(label: "scorecast_awards_applied_total", help: "Awards that counted."),
        .init(label: "scorecast_awards_refused_total", help: "Awards that can never count."),
        .init(
            label: "scorecast_awards_renewed_total",
            help: "Action ids of awards that did not count in time, so that another one was made."),
        .init(label: "scorecast_awards_errors_total", help: "Attempts to apply awards that failed."),
        .init(label: "scorecast_follower_lag", help: "Events of the ledger that a follower has not taken."),
        .init(label: "scorecast_follower_events_total", help: "Events of the ledger that a follower took."),
        .init(
            label: "scorecast_follower_failures_total",
            help: "Times that a follower could not take an event or reach the ledger."),
    ]
}
