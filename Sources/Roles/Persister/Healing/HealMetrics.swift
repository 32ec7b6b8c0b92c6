import Metrics

/// The metrics of rebuilds.
struct HealMetrics: Sendable {
    let begun = Counter(label: "scorecast_rebuilds_begun_total")
    let done = Counter(label: "scorecast_rebuilds_done_total")
    let failed = Counter(label: "scorecast_rebuilds_failed_total")
    let orphans = Counter(label: "scorecast_orphaned_events_total")
    let duration = Timer(label: "scorecast_rebuild_seconds")
}
