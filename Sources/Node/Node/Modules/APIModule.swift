import API
import Access
import Keys
import Leaderboard
import Listener
import Settings
import Storage

/// The role `api`: updates, reads and the catalogue.
struct APIModule: NodeModule {
    static let name = "api"
    private let api: APIRole
    let services: [ModuleService]
    let readinessChecks: [ReadinessCheck]
    let settleConditions: [SettleCondition]

    static func runs(in roles: NodeRoles) -> Bool { roles.contains(.api) }

    init(_ node: NodeContext) throws {
        let (stores, keys) = (node.stores, node.keys)
        guard let actionIDs = keys.ring.actionIDs, let pool = stores.pool, let audit = stores.audit,
            let catalogue = node.catalogue
        else { throw NodeError.missing("SCORECAST_ACTION_KEYS or SCORECAST_POSTGRES_URL") }
        let configuration = node.configuration
        let api = APIRole(
            writer: node.writer, reader: stores.reader, archive: PostgresArchive(pool: pool), catalogue: catalogue,
            store: PostgresCatalogueStore(pool: pool), boards: stores.boards,
            users: PromptErasure(store: PostgresErasures(session: pool), hub: stores.erasureHub),
            suspicions: PostgresSuspicionStore(pool: audit, node: "\(HostName.current):\(configuration.httpPort)"),
            outboxes: stores.outbox, authenticator: node.authenticator, actionIDs: actionIDs, audit: node.audit,
            idempotency: node.idempotency, limits: configuration.apiLimits, cors: node.origins,
            group: node.group, logger: node.logger, now: node.now, onRefusal: node.onRefusal)
        keys.ring.followActionIDs { if let verifier = $0 { api.replace(actionIDs: verifier) } }
        self.api = api
        // The writer that waits for the ledger is a buffer. It must stop before the persister does.
        services =
            [ModuleService(api.suspicions), ModuleService(api.backlog)]
            + (node.persistedWriter.map { [ModuleService($0, in: .buffers)] } ?? [])
        readinessChecks = [
            { keys.whyNotReady },
            {
                if let reason = catalogue.whyNotLoaded { return reason }
                return await stores.outbox.whyNotWritable()
            },
        ]
        settleConditions =
            [{ catalogue.isLoaded }] + (node.persistedWriter.map { writer in [{ await writer.learn() }] } ?? [])
    }

    var fastRoutes: [any FastRoute] { api.fastRoutes }

    func addRoutes(to table: inout RouteTable) { api.addRoutes(to: &table) }
}
