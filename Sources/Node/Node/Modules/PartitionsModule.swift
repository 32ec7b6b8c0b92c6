import Persister
import Settings
import Storage

/// Opens the partitions that may be opened, so that a node that starts alone can write.
struct PartitionsModule: NodeModule {
    static let name = "partitions"
    let services: [ModuleService]
    let settleConditions: [SettleCondition]

    static func runs(in roles: NodeRoles) -> Bool { roles.contains(.api) || roles.contains(.persister) }

    init(_ node: NodeContext) throws {
        let stores = node.stores
        guard let pool = stores.session ?? stores.pool else { throw NodeError.missing("SCORECAST_POSTGRES_URL") }
        let opener = PartitionOpener(
            outbox: stores.outbox, ledger: PostgresLedger(session: pool), logger: node.logger)
        services = [ModuleService(stores.afterStores(opener))]
        settleConditions = [stores.settled { try await opener.openWhatCanBe() }]
    }
}
