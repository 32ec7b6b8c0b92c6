import Leaderboard
import Metrics

/// The metrics of audits that run by the schedule.
struct AuditMetrics: Sendable {
    private let runs = Counter(label: "scorecast_audits_total")
    private let failures = Counter(label: "scorecast_audit_failures_total")
    private let differences = Gauge(label: "scorecast_audit_differences")
    private let undecided = Gauge(label: "scorecast_audit_undecided")
    private let irregularities = Gauge(label: "scorecast_audit_irregularities")
    private let duration = Timer(label: "scorecast_audit_seconds")

    /// An audit came to its end.
    func record(_ findings: AuditFindings, took time: Duration) {
        runs.increment()
        differences.record(findings.differenceCount)
        undecided.record(findings.undecided)
        irregularities.record(findings.irregularityCount)
        duration.recordMilliseconds(Int64(time / .milliseconds(1)))
    }

    /// An audit did not come to its end.
    func recordFailure() { failures.increment() }
}
