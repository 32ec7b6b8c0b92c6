import Telemetry

extension APIModule {
    static let metrics: [MetricDescription] = [
        .init(label: "scorecast_updates_total", help: "Score updates by outcome."),
        .init(
            label: "scorecast_stale_action_ids_total",
            help: "Updates that were not applied since the receipt of their action id may be gone: clocks are apart."),
        .init(
            label: "scorecast_clock_difference_seconds",
            help: "By how much the node's clock is ahead of Redis', when last seen by /readyz."),
        .init(label: "scorecast_suspicious_total", help: "Updates refused as suspicious, by reason."),
        .init(
            label: "scorecast_suspicions_recorded_total",
            help: "Attempts refused as suspicious that were written to the audit."),
        .init(
            label: "scorecast_suspicions_dropped_total",
            help: "Attempts refused as suspicious that the audit had no room for."),
        .init(
            label: "scorecast_suspicions_waiting",
            help: "Rows (one for each user, minute and reason) that wait to be written to the audit."),
        .init(
            label: "scorecast_outbox_bytes",
            help: "The bytes that the outboxes of all partitions take in Redis."),
        .init(
            label: "scorecast_outbox_bytes_max",
            help: "The bytes of the outboxes from which updates are refused (SCORECAST_OUTBOX_MAX_BYTES)."),
        .init(label: "scorecast_address_limited_total", help: "Requests over the limit of their client address."),
        .init(
            label: "scorecast_persisted_timeouts_total",
            help: "Groups of updates that the ledger did not have in time (SCORECAST_ACK=persisted)."),
    ]
}
