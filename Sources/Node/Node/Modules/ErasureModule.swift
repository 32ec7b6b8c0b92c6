import Persister
import Settings
import Storage
import Telemetry

/// Deletes users from the ledger, the archives and all else, on nodes with the role `persister`.
struct ErasureModule: NodeModule {
    static let name = "deletions"
    let services: [ModuleService]

    static func runs(in roles: NodeRoles) -> Bool { roles.contains(.persister) }

    init(_ node: NodeContext) throws {
        let stores = node.stores
        guard let session = stores.erasures, let pool = stores.pool else {
            throw NodeError.missing("SCORECAST_POSTGRES_URL")
        }
        let job = ErasureJob(
            store: PostgresErasures(session: session), hub: stores.erasureHub, outbox: stores.outbox,
            ledger: PostgresLedger(session: pool), catalogue: PostgresCatalogueStore(pool: pool),
            receiptLifetimeMilliseconds: stores.writeSettings.receiptLifetimeMilliseconds, logger: node.logger)
        services = [ModuleService(stores.afterStores(job))]
    }

    static let metrics: [MetricDescription] = [
        .init(label: "scorecast_user_deletions_waiting", help: "Deletions of users that are in progress."),
        .init(
            label: "scorecast_user_deletions_oldest_seconds",
            help: "The age of the oldest deletion of a user that is in progress."),
        .init(label: "scorecast_user_deletions_total", help: "Deletions of users that this node brought to their end."),
        .init(
            label: "scorecast_user_deletion_failures_total",
            help: "Attempts to go on with deletions of users that failed."),
    ]
}
