import Persister
import Settings
import Storage

/// The role `persister`: carries events from the outboxes to the ledger, and begins and ends periods.
struct PersisterModule: NodeModule {
    static let name = "persister"
    let services: [ModuleService]
    let readinessChecks: [ReadinessCheck]
    let settleConditions: [SettleCondition]

    static func runs(in roles: NodeRoles) -> Bool { roles.contains(.persister) }

    init(_ node: NodeContext) throws {
        let stores = node.stores
        guard let session = stores.session, let pool = stores.pool, let archive = stores.archive,
            let blocking = stores.blocking, let catalogue = node.catalogue
        else {
            throw NodeError.missing("SCORECAST_POSTGRES_URL")
        }
        // One ledger for both: the leases belong to its session.
        let ledger = stores.ledger(on: session, logger: node.logger)
        var settings = Persister.Settings()
        settings.healsUnasked = node.configuration.healing == .automatic
        let persister = Persister(
            outbox: stores.outbox, ledger: ledger, partitioning: stores.partitioning, settings: settings,
            logger: node.logger, now: node.now)
        let verifier = PartitionVerifier(
            outbox: stores.outbox, ledger: PostgresLedger(session: pool), logger: node.logger)
        let keeper = PeriodKeeper(
            stores: PeriodStores(
                sealer: stores.sealer, turner: stores.boards, archive: PostgresArchive(pool: archive, ledger: ledger),
                catalogue: catalogue, partitioning: stores.partitioning),
            held: persister.held, logger: node.logger, now: node.now)
        var services = [
            ModuleService(stores.deferred(blocking), in: .stores), ModuleService(stores.afterStores(persister)),
            ModuleService(LeaseKeeper(ledger: ledger, logger: node.logger)),
            ModuleService(stores.afterStores(verifier)), ModuleService(stores.afterStores(keeper)),
        ]
        // It also does what an operator asks for.
        if let rebuilder = stores.rebuilder(ledger: ledger, logger: node.logger, now: node.now) {
            let healer = PartitionHealer(rebuilder: rebuilder, wounded: persister.wounded, logger: node.logger)
            services.append(ModuleService(stores.afterStores(healer)))
        }
        self.services = services
        settleConditions = [stores.settled { try await verifier.verifyWhatCanBe() }]
        readinessChecks = [{ stores.explained(persister.status.whyNotReady(), needsDatabase: true) }]
    }
}
