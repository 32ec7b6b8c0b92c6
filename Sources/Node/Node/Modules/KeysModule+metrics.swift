import Telemetry

extension KeysModule {
    static let metrics: [MetricDescription] = [
        .init(
            label: "scorecast_jwks_refreshes_total",
            help: "Fetches of the key set that verifies tokens, by outcome."),
        .init(
            label: "scorecast_jwks_age_seconds",
            help: "Since when the key set in force was last seen at its source."),
    ]
}
