import Settings

/// Follows which sessions have ended, and the API keys. Every node has it, because every role looks at tokens.
struct CredentialsModule: NodeModule {
    static let name = "credentials"
    let services: [ModuleService]
    let settleConditions: [SettleCondition]

    static func runs(in roles: NodeRoles) -> Bool { true }

    init(_ node: NodeContext) {
        let (stores, credentials) = (node.stores, node.credentials)
        services =
            [ModuleService(stores.deferred(credentials.follower))]
            + (credentials.carrier.map { [ModuleService(stores.afterStores($0))] } ?? [])
        // Not a condition of readiness: all nodes lose the list together, and most requests do not need it.
        settleConditions = [{ credentials.follower.knows }]
    }
}
