import Telemetry

extension PersisterModule {
    static let metrics: [MetricDescription] = [
        .init(label: "scorecast_persister_events_total", help: "Updates written to the ledger."),
        .init(label: "scorecast_persister_commits_total", help: "Transactions of the persister."),
        .init(label: "scorecast_persister_errors_total", help: "Rounds of the persister that failed."),
        .init(
            label: "scorecast_persister_dead_letters_total",
            help: "Rows that a table refused for what they hold, kept in dead_letters."),
        .init(
            label: "scorecast_persister_sessions_ended_total",
            help: "Sessions in Postgres that this node ended, because their persisters were silent."),
        .init(label: "scorecast_persister_leases", help: "Partitions whose lease this node holds."),
        .init(
            label: "scorecast_persister_partitions_needing_rebuild",
            help: "Partitions closed because Redis is older than the ledger."),
        .init(
            label: "scorecast_partitions_unverified",
            help: "Open partitions that take no writes until a persister has compared this Redis with the ledger."),
        .init(label: "scorecast_persister_delay_seconds", help: "From an update in Redis to its commit in Postgres."),
        .init(label: "scorecast_periods_sealed_total", help: "Rankings sealed at the end of their periods."),
        .init(label: "scorecast_periods_archived_total", help: "Rankings whose final standings were archived."),
        .init(
            label: "scorecast_periods_errors_total", help: "Attempts to begin, seal or archive periods that failed."),
        .init(
            label: "scorecast_periods_overdue",
            help: "Rankings that are not archived ten seconds after they could be sealed."),
        .init(
            label: "scorecast_periods_archive_delay_seconds",
            help: "From the time when a ranking could be sealed to its archive."),
        .init(label: "scorecast_rebuilds_begun_total", help: "Rebuilds of partitions that were begun."),
        .init(label: "scorecast_rebuilds_done_total", help: "Rebuilds of partitions that were done."),
        .init(label: "scorecast_rebuilds_failed_total", help: "Rebuilds of partitions that failed, and are repeated."),
        .init(label: "scorecast_rebuild_seconds", help: "How long rebuilds took that were done."),
        .init(
            label: "scorecast_orphaned_events_total",
            help: "Events that only Redis had when a partition was rebuilt, kept in orphaned_events."),
    ]
}
