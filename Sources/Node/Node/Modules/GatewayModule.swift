import Access
import Gateway
import Keys
import Listener
import NIOPosix
import Settings
import Storage

/// The role `gateway`: watchers and the live page.
struct GatewayModule: NodeModule {
    static let name = "gateway"
    static let settings: (any SettingGroup.Type)? = GatewaySettings.self
    private let gateway: Gateway
    private let stores: Stores
    let services: [ModuleService]
    let settleConditions: [SettleCondition]

    static func runs(in roles: NodeRoles) -> Bool { roles.contains(.gateway) }

    init(_ node: NodeContext) throws {
        let stores = node.stores
        self.stores = stores
        guard let feed = stores.feed else { throw NodeError.missing("SCORECAST_REDIS_URL") }
        let canary = FeedCanary(feed: feed, redis: stores.redis, logger: node.logger)
        let boards = BoardFollower(published: stores.catalogue, feed: feed, logger: node.logger)
        var configuration = node.configuration.gateway(boards: boards, now: node.now)
        if node.keys.canCheckTokens { configuration.tokens = node.tokens }
        configuration.canary = { canary.proof }
        let line = try RedisLiveLine(
            redis: stores.redis, partitioning: stores.partitioning, eventLoop: node.group.next(),
            questions: stores.fitness.identityQuestions, logger: node.logger)
        configuration.line = line
        gateway = Gateway(
            configuration: configuration, feed: feed, reader: stores.reader, eventLoopGroup: node.group,
            logger: node.logger)
        services = [
            ModuleService(stores.deferred(feed), in: .stores), ModuleService(stores.deferred(line), in: .stores),
            ModuleService(canary), ModuleService(boards),
            ModuleService(gateway),
        ]
        settleConditions = [{ boards.isKnown }]
    }

    var upgradeRoutes: [any UpgradeRoute] { gateway.upgradeRoutes }

    var readinessChecks: [ReadinessCheck] {
        [{ [gateway, stores] in stores.explained(gateway.readiness.whyNotReady()) }]
    }

    func addRoutes(to table: inout RouteTable) {
        gateway.listRoutes(in: &table)
        addPageRoutes(to: &table)
    }
}
