import Access
import Gateway
import Hummingbird
import Keys
import Listener
import Settings
import Storage

/// The role `gateway`: watchers and the live page.
struct GatewayModule: NodeModule {
    static let name = "gateway"
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
        var settings = GatewayConfiguration(boards: boards, now: node.now)
        node.configuration.apply(to: &settings)
        if node.keys.canCheckTokens { settings.tokens = VerifiedWatcherTokens(node.tokens, now: node.now) }
        settings.canary = { canary.proof }
        gateway = Gateway(
            configuration: settings, feed: feed, reader: stores.reader, eventLoopGroup: node.group, logger: node.logger)
        services = [
            ModuleService(stores.deferred(feed), in: .stores), ModuleService(canary), ModuleService(boards),
            ModuleService(gateway),
        ]
        settleConditions = [{ boards.isKnown }]
    }

    var upgradeRoutes: [any UpgradeRoute] { gateway.upgradeRoutes }

    var readinessChecks: [ReadinessCheck] {
        [{ [gateway, stores] in stores.explained(gateway.readiness.whyNotReady()) }]
    }

    func addRoutes(to router: Router<NodeRequestContext>) { addPageRoutes(to: router) }
}
