import Telemetry

extension PlayModule {
    static let metrics: [MetricDescription] =
        [
            .init(label: "scorecast_awards_open", help: "Awards that are not settled yet."),
            .init(
                label: "scorecast_awards_oldest_seconds", help: "The age of the oldest award that is not settled yet."),
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
        ] + challengeMetrics

    private static let challengeMetrics: [MetricDescription] = [
        .init(label: "scorecast_challenges_generated_total", help: "Challenges that were generated, by generator."),
        .init(label: "scorecast_challenge_generation_seconds", help: "How long the generation of a challenge took."),
        .init(
            label: "scorecast_ai_requests_total",
            help: "Requests to the AI service by outcome; `open` are those that the circuit breaker kept back."),
        .init(label: "scorecast_ai_request_seconds", help: "How long requests to the AI service took."),
        .init(
            label: "scorecast_ai_breaker_state",
            help: "The circuit breaker of the AI service: 0 closed, 1 while a probe is under way, 2 open."),
    ]
}
