import Keys
import Settings

/// Keeps the keys up to date: SIGHUP, and the key set at a URL.
struct KeysModule: NodeModule {
    static let name = "keys"
    let services: [ModuleService]
    let settleConditions: [SettleCondition]

    static func runs(in roles: NodeRoles) -> Bool { true }

    init(_ node: NodeContext) {
        let keys = node.keys
        services = keys.services.map { ModuleService($0, in: .stores) }
        // Only the API cannot work without keys; a gateway serves public boards.
        settleConditions = node.roles.contains(.api) ? [{ keys.whyNotReady == nil }] : []
    }
}
