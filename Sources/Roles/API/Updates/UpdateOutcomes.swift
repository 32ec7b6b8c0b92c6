import HTTPKit
import Metrics
import Signing

/// Counts how score updates end. The counters are made once, since looking them up would cost more than counting.
struct UpdateOutcomes: Sendable {
    private let applied = Self.counter("applied")
    private let replayed = Self.counter("replayed")
    private let stale = Counter(label: "scorecast_stale_action_ids_total")
    private let refused: [ErrorCode: Counter]
    private let suspicions: [String: Counter]

    init() {
        let codes: [ErrorCode] = [
            .invalidInput, .unauthorized, .suspicious, .forbidden, .actionIDReused, .unknownAction,
            .unsupportedMediaType, .rateLimited, .unavailable, .backlogged, .decreaseNotAllowed, .periodSealed,
        ]
        refused = Dictionary(uniqueKeysWithValues: codes.map { ($0, Self.counter($0.rawValue)) })
        let reasons =
            ActionIDError.allCases.map(\.rawValue) + ["pinned_score", "score_bounds", "score_range", "velocity"]
        suspicions = Dictionary(
            uniqueKeysWithValues: reasons.map {
                ($0, Counter(label: "scorecast_suspicious_total", dimensions: [("reason", $0)]))
            })
    }

    func count(replayed isReplay: Bool) {
        (isReplay ? replayed : applied).increment()
    }

    func count(_ error: APIError) {
        refused[error.code]?.increment()
    }

    func countStale() { stale.increment() }

    func countSuspicion(_ reason: String) {
        suspicions[reason]?.increment()
    }

    private static func counter(_ outcome: String) -> Counter {
        Counter(label: "scorecast_updates_total", dimensions: [("outcome", outcome)])
    }
}
