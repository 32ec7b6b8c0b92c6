import Access
import Listener
import ServiceLifecycle
import Settings
import Telemetry

/// A part of a node: a role, a game service, or something that several of them share.
///
/// Everything that a part adds to its node is a member of this protocol. A new part is one target below, one adapter
/// that conforms to this protocol, and one line in ``NodeModules/all``. No other module changes. All members
/// except `name`, `runs(in:)` and `init` have an empty default.
protocol NodeModule: Sendable {
    /// The word for the module in the reasons of `/readyz`, such as `api`.
    static var name: String { get }
    /// The settings that only this module reads; nil if it has none. They are read, checked and listed whether or not
    /// the module runs in this node.
    static var settings: (any SettingGroup.Type)? { get }
    /// The metrics that the module reports, with the text that explains them.
    static var metrics: [MetricDescription] { get }
    /// Whether nodes with these roles have the module.
    static func runs(in roles: NodeRoles) -> Bool
    /// Makes the module. Nothing may run yet: that is for services.
    init(_ node: NodeContext) async throws

    /// The services that must run. Within a phase, services start in the order of the modules, and stop in the
    /// opposite order.
    var services: [ModuleService] { get }
    /// Routes on the connection's event loop, in front of Hummingbird; the first that accepts a request gets it.
    var fastRoutes: [any FastRoute] { get }
    /// Routes on which a connection leaves HTTP.
    var upgradeRoutes: [any UpgradeRoute] { get }
    /// Why the module cannot do its job now. Asked by `/readyz`, within a second.
    var readinessChecks: [ReadinessCheck] { get }
    /// Conditions that should be true before the node listens. A node waits three seconds at most, and then listens
    /// all the same.
    var settleConditions: [SettleCondition] { get }
    /// Adds the routes, each with the senders that it lets in. Those of `fastRoutes` and `upgradeRoutes` are listed
    /// here too.
    func addRoutes(to table: inout RouteTable)
}

/// A reason, in words for an operator; nil while all is well.
typealias ReadinessCheck = @Sendable () async -> String?
/// True once the condition holds.
typealias SettleCondition = @Sendable () async -> Bool

extension NodeModule {
    static var settings: (any SettingGroup.Type)? { nil }
    static var metrics: [MetricDescription] { [] }
    var services: [ModuleService] { [] }
    var fastRoutes: [any FastRoute] { [] }
    var upgradeRoutes: [any UpgradeRoute] { [] }
    var readinessChecks: [ReadinessCheck] { [] }
    var settleConditions: [SettleCondition] { [] }
    func addRoutes(to table: inout RouteTable) {}
}
