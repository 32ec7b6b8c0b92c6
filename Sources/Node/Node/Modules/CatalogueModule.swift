import Settings

/// Follows the boards and actions of the database, and publishes the boards to nodes without one.
struct CatalogueModule: NodeModule {
    static let name = "catalogue"
    let services: [ModuleService]

    static func runs(in roles: NodeRoles) -> Bool { roles.contains(.api) || roles.contains(.persister) }

    init(_ node: NodeContext) {
        services = node.catalogue.map { [ModuleService($0)] } ?? []
    }
}
