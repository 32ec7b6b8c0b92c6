import Basics
import Metrics
import Settings

/// The metrics of a key set's refreshes.
struct KeySetMetrics: Sendable {
    /// How a fetch ended.
    enum Outcome: String, CaseIterable {
        /// With other keys than before.
        case changed
        /// With the same keys.
        case unchanged
        /// Without a document.
        case unreachable
        /// With a document that is not a key set, or not one to be trusted.
        case refused
    }

    private let refreshes: [Outcome: Counter]
    private let age: Gauge

    init(factory: any MetricsFactory) {
        refreshes = Dictionary(
            uniqueKeysWithValues: Outcome.allCases.map { outcome in
                let dimensions = [("outcome", outcome.rawValue)]
                return (
                    outcome, Counter(label: "scorecast_jwks_refreshes_total", dimensions: dimensions, factory: factory)
                )
            })
        age = Gauge(label: "scorecast_jwks_age_seconds", dimensions: [], factory: factory)
    }

    func count(_ outcome: Outcome) { refreshes[outcome]?.increment() }

    /// Since when the keys in force were last seen at their source.
    func record(age: Duration) { self.age.record(Double(age.wholeMilliseconds) / 1_000) }
}
