import RedisClient
import Settings
import Storage

/// The connection to Redis, and the checks of the server.
struct StoresModule: NodeModule {
    static let name = "redis"
    let services: [ModuleService]
    let readinessChecks: [ReadinessCheck]
    let settleConditions: [SettleCondition]

    static func runs(in roles: NodeRoles) -> Bool { true }

    init(_ node: NodeContext) {
        let stores = node.stores
        services = stores.services(logger: node.logger).map { ModuleService($0, in: .stores) }
        readinessChecks = [{ stores.fitness.report.refusal?.reason }]
        settleConditions = [{ stores.redis.isConnected }]
    }
}
