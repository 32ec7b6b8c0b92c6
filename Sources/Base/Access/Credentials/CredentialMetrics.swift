import Metrics

/// Counts the tokens and API keys that were refused.
struct CredentialMetrics: Sendable {
    private let sessions = Self.counter("session")
    private let keys = Self.counter("api_key")
    private let notKnown = Self.counter("not_known")

    private static func counter(_ reason: String) -> Counter {
        Counter(label: "scorecast_credentials_refused_total", dimensions: [("reason", reason)])
    }

    func record(_ refusal: LoopCredentials.Refusal) {
        switch refusal {
        case .sessionEnded: sessions.increment()
        case .unknownKey: keys.increment()
        case .notKnown: notKnown.increment()
        }
    }
}
