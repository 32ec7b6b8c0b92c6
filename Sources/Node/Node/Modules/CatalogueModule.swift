import Settings

/// Follows the boards and actions in the database, and publishes the boards to nodes without a database.
struct CatalogueModule: NodeModule {
    static let name = "catalogue"
    let services: [ModuleService]

    static func runs(in roles: NodeRoles) -> Bool { roles.useCatalogue }

    init(_ node: NodeContext) {
        services = node.catalogue.map { [ModuleService($0)] } ?? []
    }
}
