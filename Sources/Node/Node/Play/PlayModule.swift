import API
import Access
import Keys
import Leaderboard
import Play
import PostgresClient
import Settings
import Storage
import Telemetry

/// The role `play`: tasks, wallets, challenges, badges, analytics and notifications.
struct PlayModule: NodeModule {
    static let name = "play"
    static let settings: (any SettingGroup.Type)? = PlaySettings.self
    private let routes: [any PlayRoutes]
    let services: [ModuleService]
    let readinessChecks: [ReadinessCheck]
    let settleConditions: [SettleCondition]

    static func runs(in roles: NodeRoles) -> Bool { roles.contains(.play) }

    init(_ node: NodeContext) throws {
        guard let pool = node.stores.pool, let catalogue = node.catalogue else {
            throw NodeError.missing("SCORECAST_POSTGRES_URL")
        }
        let awards = AwardParts(node, pool: pool, catalogue: catalogue)
        let live = LiveParts(node, pool: pool)
        let gamification = GamificationParts(node, pool: pool, catalogue: catalogue, live: live)
        let tasks = TaskParts(node, pool: pool, awards: awards, gamification: gamification.reader)
        let challenges = ChallengeParts(node, pool: pool, live: live, completion: tasks.completion)
        routes = tasks.routes + challenges.routes + gamification.routes
        services =
            awards.services + gamification.services + challenges.services
            + (try live.services(answering: challenges.calls)) + Self.writerServices(node)
            + [Self.keySweeper(node, pool)]
        let stores = node.stores
        settleConditions =
            [{ catalogue.isLoaded }] + (node.persistedWriter.map { writer in [{ await writer.learn() }] } ?? [])
        readinessChecks = [
            { node.keys.whyNotReady },
            {
                if let reason = catalogue.whyNotLoaded { return stores.explained(reason, needsDatabase: true) }
                let isKnown = stores.deploymentIsKnown.isOpen
                return stores.explained(isKnown ? nil : "the database has not answered yet", needsDatabase: true)
            },
        ]
    }

    /// The writer that waits for the ledger; the module of the role `api` runs it, if the node has that, too.
    private static func writerServices(_ node: NodeContext) -> [ModuleService] {
        guard !node.roles.contains(.api), let writer = node.persistedWriter else { return [] }
        return [ModuleService(writer, in: .buffers)]
    }

    /// Deletes old answers to requests with an `Idempotency-Key`. The role `accounts` does so, too, but it may be left
    /// out.
    private static func keySweeper(_ node: NodeContext, _ pool: PostgresPool) -> ModuleService {
        let keys = PostgresIdempotencyStore(pool: pool)
        let limit = 500
        let rounds = Rounds("Deleting old answers to requests", every: .seconds(60), logger: node.logger) {
            () throws(StoreError) in
            try await keys.sweep(limit: limit) >= limit
        }
        return ModuleService(node.stores.afterStores(rounds))
    }

    func addRoutes(to table: inout RouteTable) {
        for group in routes { group.addRoutes(to: &table) }
    }
}
