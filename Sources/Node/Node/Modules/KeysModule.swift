import Keys
import Settings

/// Keeps the keys up to date, after a SIGHUP and from a key set at a URL.
struct KeysModule: NodeModule {
    static let name = "keys"
    let services: [ModuleService]
    let settleConditions: [SettleCondition]

    static func runs(in roles: NodeRoles) -> Bool { true }

    init(_ node: NodeContext) {
        let keys = node.keys
        services = keys.services.map { ModuleService($0, in: .stores) }
        // Only the API needs keys to work. A gateway can serve public boards without them.
        settleConditions = node.roles.contains(.api) ? [{ keys.whyNotReady == nil }] : []
    }
}
