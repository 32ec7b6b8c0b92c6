import Persister
import Settings
import Storage
import Telemetry

/// Makes the months of the ledger and drops old ones, on nodes with the role `persister`.
struct RetentionModule: NodeModule {
    static let name = "retention"
    static let settings: (any SettingGroup.Type)? = RetentionSettings.self
    let services: [ModuleService]

    static func runs(in roles: NodeRoles) -> Bool { roles.contains(.persister) }

    init(_ node: NodeContext) throws {
        guard let session = node.stores.months else { throw NodeError.missing("SCORECAST_POSTGRES_URL") }
        let job = RetentionJob(
            months: PostgresRetention(session: session),
            retention: node.configuration[RetentionSettings.self].retention, logger: node.logger, now: node.now)
        services = [ModuleService(job)]
    }

    static let metrics: [MetricDescription] = [
        .init(label: "scorecast_ledger_months_dropped_total", help: "Months of the ledger that this node dropped."),
        .init(
            label: "scorecast_ledger_openings_total",
            help: "Scores of dropped months that were kept in ledger_openings."),
        .init(
            label: "scorecast_ledger_retention_failures_total",
            help: "Attempts to make or drop months of the ledger that failed."),
        .init(
            label: "scorecast_ledger_months_kept",
            help: "1 if the oldest month of the ledger is old enough, but something in it is still needed."),
        .init(
            label: "scorecast_ledger_oldest_month_timestamp_seconds",
            help: "When the oldest month of the ledger begins, in seconds since 1970."),
    ]
}
