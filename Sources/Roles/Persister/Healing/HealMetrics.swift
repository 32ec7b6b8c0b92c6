import Metrics

/// The metrics of rebuilds.
struct HealMetrics: Sendable {
    private let begun = Counter(label: "scorecast_rebuilds_begun_total")
    private let done = Counter(label: "scorecast_rebuilds_done_total")
    private let failed = Counter(label: "scorecast_rebuilds_failed_total")
    private let orphans = Counter(label: "scorecast_orphaned_events_total")
    private let duration = Timer(label: "scorecast_rebuild_seconds")

    func recordBegin() { begun.increment() }

    func recordFailure() { failed.increment() }

    func record(_ report: RebuildReport, after time: Duration) {
        done.increment()
        orphans.increment(by: report.orphans)
        duration.record(duration: time)
    }
}
