import Leaderboard
import Metrics

/// The metrics of the ledger's months.
struct RetentionMetrics: Sendable {
    private let dropped = Counter(label: "scorecast_ledger_months_dropped_total")
    private let openings = Counter(label: "scorecast_ledger_openings_total")
    private let failures = Counter(label: "scorecast_ledger_retention_failures_total")
    private let kept = Gauge(label: "scorecast_ledger_months_kept")
    private let oldest = Gauge(label: "scorecast_ledger_oldest_month_timestamp_seconds")

    /// A round is over: the oldest month, in ms since 1970, and whether it has to stay although it is old enough.
    func record(oldest milliseconds: Int64?, isKept: Bool) {
        kept.record(isKept ? 1 : 0)
        if let milliseconds { oldest.record(Double(milliseconds) / 1000) }
    }

    /// A month was dropped.
    func record(_ month: DroppedMonth) {
        dropped.increment()
        openings.increment(by: month.openings)
    }

    /// A round failed.
    func recordFailure() { failures.increment() }
}
