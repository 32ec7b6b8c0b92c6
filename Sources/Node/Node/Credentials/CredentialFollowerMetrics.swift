import Metrics

/// The metrics of what a node knows of ended sessions and API keys.
struct CredentialFollowerMetrics: Sendable {
    let errors = Counter(label: "scorecast_credentials_errors_total")
    private let age = Gauge(label: "scorecast_credentials_age_seconds")
    private let sessions = Gauge(label: "scorecast_credentials_sessions")
    private let keys = Gauge(label: "scorecast_credentials_api_keys")

    func record(ageMilliseconds: Int64, sessions: Int, keys: Int) {
        age.record(Double(ageMilliseconds) / 1_000)
        self.sessions.record(sessions)
        self.keys.record(keys)
    }
}
