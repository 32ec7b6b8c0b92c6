import Awards
import Metrics

/// The metrics of awards.
struct AwardMetrics: Sendable {
    private let applied = Counter(label: "scorecast_awards_applied_total")
    private let refused = Counter(label: "scorecast_awards_refused_total")
    private let renewed = Counter(label: "scorecast_awards_renewed_total")
    private let errors = Counter(label: "scorecast_awards_errors_total")
    private let open = Gauge(label: "scorecast_awards_open")
    private let oldest = Gauge(label: "scorecast_awards_oldest_seconds")

    /// An award was settled.
    func record(_ settlement: AwardSettlement) {
        switch settlement {
        case .applied: applied.increment()
        case .refused: refused.increment()
        }
    }

    /// An award got another action id.
    func recordRenewal() { renewed.increment() }

    /// A store could not be reached.
    func recordError() { errors.increment() }

    /// What is open.
    func record(_ backlog: AwardBacklog) {
        open.record(backlog.open)
        oldest.record(Double(backlog.oldestMilliseconds) / 1000)
    }
}
