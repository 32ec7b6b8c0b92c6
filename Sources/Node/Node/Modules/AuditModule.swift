import Leaderboard
import Persister
import Settings
import Storage
import Telemetry

/// Audits by the schedule, on nodes with the role `persister`.
struct AuditModule: NodeModule {
    static let name = "audit"
    static let settings: (any SettingGroup.Type)? = AuditSettings.self
    let services: [ModuleService]

    static func runs(in roles: NodeRoles) -> Bool { roles.contains(.persister) }

    init(_ node: NodeContext) throws {
        guard let schedule = node.configuration[AuditSettings.self].schedule else {
            services = []
            return
        }
        let stores = node.stores
        guard let pool = stores.scheduledAudit, let catalogue = node.catalogue else {
            throw NodeError.missing("SCORECAST_POSTGRES_URL")
        }
        let job = AuditJob(
            audit: Audit(
                ledger: PostgresAuditLedger(pool: pool),
                rankings: RedisAuditRankings(redis: stores.redis, partitioning: stores.partitioning),
                partitioning: stores.partitioning),
            record: PostgresAuditRecord(
                session: pool, node: "\(HostName.current):\(node.configuration.httpPort)"),
            catalogue: catalogue, schedule: try CronSchedule(schedule), logger: node.logger, now: node.now)
        services = [ModuleService(stores.afterStores(job))]
    }

    static let metrics: [MetricDescription] = [
        .init(label: "scorecast_audits_total", help: "Scheduled audits that this node ran to their end."),
        .init(label: "scorecast_audit_failures_total", help: "Scheduled audits that did not come to their end."),
        .init(
            label: "scorecast_audit_differences",
            help: "Differences between Redis, scores and the ledger in the last audit of this node."),
        .init(
            label: "scorecast_audit_undecided",
            help: "Entries that changed at each look, or that the ledger did not reach, in the last audit."),
        .init(label: "scorecast_audit_irregularities", help: "Irregular increments in the last audit of this node."),
        .init(label: "scorecast_audit_seconds", help: "How long a scheduled audit took."),
    ]
}
