import Telemetry

extension CredentialsModule {
    static let metrics: [MetricDescription] = [
        .init(
            label: "scorecast_credentials_age_seconds",
            help: "Time since the node last knew all ended sessions and API keys. Above 2 s it refuses their bearers."),
        .init(label: "scorecast_credentials_sessions", help: "Ended sessions whose tokens are refused."),
        .init(label: "scorecast_credentials_api_keys", help: "API keys that the node knows."),
        .init(
            label: "scorecast_credentials_errors_total",
            help: "Times that ended sessions and API keys could not be read in Redis."),
        .init(
            label: "scorecast_credentials_refused_total",
            help: "Refused tokens of ended sessions (session), refused API keys (api_key), and both while the node "
                + "did not know (not_known), by reason."),
    ]
}
