import Persister
import Settings
import Storage

/// The role `persister`: carries events from the outboxes to the ledger.
struct PersisterModule: NodeModule {
    static let name = "persister"
    let services: [ModuleService]
    let readinessChecks: [ReadinessCheck]

    static func runs(in roles: NodeRoles) -> Bool { roles.contains(.persister) }

    init(_ node: NodeContext) throws {
        let stores = node.stores
        guard let session = stores.session, let blocking = stores.blocking else {
            throw NodeError.missing("SCORECAST_POSTGRES_URL")
        }
        let persister = Persister(
            outbox: stores.outbox, ledger: PostgresLedger(session: session), partitioning: stores.partitioning,
            logger: node.logger, now: node.now)
        services = [ModuleService(stores.deferred(blocking), in: .stores), ModuleService(stores.afterRedis(persister))]
        readinessChecks = [{ stores.explained(persister.status.whyNotReady()) }]
    }
}
