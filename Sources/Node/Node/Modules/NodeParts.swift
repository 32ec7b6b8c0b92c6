import Access
import Listener
import Settings
import Telemetry

/// What the modules of a node, and the node itself, bring to it.
struct NodeParts {
    private(set) var services: [ModuleService] = []
    private(set) var fast: [any FastRoute] = []
    private(set) var upgrade: [any UpgradeRoute] = []
    private(set) var settle: [SettleCondition] = []
    /// The routes, also those in front of Hummingbird.
    private(set) var table = RouteTable()
    /// The state of the node.
    let health: Health

    /// Makes the modules, and gathers their parts.
    init(of node: NodeContext, metrics: PrometheusMetrics) async throws {
        var checks: [(part: String, check: ReadinessCheck)] = []
        for module in try await NodeModules.make(for: node) {
            services += module.services
            fast += module.fastRoutes
            upgrade += module.upgradeRoutes
            checks += module.readinessChecks.map { (type(of: module).name, $0) }
            settle += module.settleConditions
            module.addRoutes(to: &table)
        }
        OpenAPIDocument.addRoute(to: &table)
        health = Health(checks: checks, metrics: metrics)
        health.addRoutes(to: &table, for: node.configuration.operationsPort == nil ? .operators : .everybody)
    }

    /// The templates of the routes in front of Hummingbird that the table does not list.
    var unlisted: [String] {
        let listed = Set(table.routes.map(\.path))
        return (fast.map(\.template) + upgrade.map(\.template)).filter { !listed.contains($0) }
    }
}
