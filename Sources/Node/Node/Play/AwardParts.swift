import Awards
import PostgresClient
import Storage
import Worker

/// Awards and the worker that applies them.
struct AwardParts {
    /// Settles awards for the routes that made them.
    let desk: any AwardDesk
    /// The worker, which takes up what is left over.
    let services: [ModuleService]

    init(_ node: NodeContext, pool: PostgresPool, catalogue: CatalogueFollower) {
        let stores = node.stores
        let hub = AwardHub(
            writer: node.writer, catalogue: catalogue, outbox: stores.outbox, ledger: PostgresLedger(session: pool),
            partitioning: stores.partitioning, now: node.now)
        let worker = AwardWorker(store: PostgresAwards(pool: pool), hub: hub, logger: node.logger)
        desk = worker
        services = [ModuleService(stores.afterStores(worker))]
    }
}
