import Metrics

/// The metrics of the deletions of users.
struct ErasureMetrics: Sendable {
    private let waiting = Gauge(label: "scorecast_user_deletions_waiting")
    private let oldest = Gauge(label: "scorecast_user_deletions_oldest_seconds")
    private let finished = Counter(label: "scorecast_user_deletions_total")
    private let failures = Counter(label: "scorecast_user_deletion_failures_total")

    /// What is in progress.
    func record(waiting count: Int64, oldestSeconds: Double) {
        waiting.record(Double(count))
        oldest.record(oldestSeconds)
    }

    /// Another node works on the deletions, and reports them.
    func rest() { record(waiting: 0, oldestSeconds: 0) }

    /// A deletion came to its end.
    func recordEnd() { finished.increment() }

    /// An attempt failed.
    func recordFailure() { failures.increment() }
}
