import Telemetry

extension PersisterModule {
    static let metrics: [MetricDescription] = [
        .init(label: "scorecast_persister_events_total", help: "Updates written to the ledger."),
        .init(label: "scorecast_persister_commits_total", help: "Transactions of the persister."),
        .init(label: "scorecast_persister_errors_total", help: "Rounds of the persister that failed."),
        .init(
            label: "scorecast_persister_dead_letters_total",
            help: "Rows that a table refused for what they hold, kept in dead_letters."),
        .init(label: "scorecast_persister_leases", help: "Partitions whose lease this node holds."),
        .init(
            label: "scorecast_persister_partitions_needing_rebuild",
            help: "Partitions closed because Redis is older than the ledger."),
        .init(label: "scorecast_persister_delay_seconds", help: "From an update in Redis to its commit in Postgres."),
    ]
}
