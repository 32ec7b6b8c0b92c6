import Gateway
import Settings
import Telemetry

/// The modules of a node, in the order in which they are created and started.
enum NodeModules {
    /// All modules. A new module is one line here.
    static let all: [any NodeModule.Type] = [
        StoresModule.self, KeysModule.self, CredentialsModule.self, AuditLogModule.self, CatalogueModule.self,
        PartitionsModule.self, APIModule.self, PersisterModule.self, RetentionModule.self, ErasureModule.self,
        AuditModule.self, GatewayModule.self, MailModule.self, AccountsModule.self, PlayModule.self,
    ]

    /// Returns the modules of a node with these roles.
    static func make(for node: NodeContext) async throws -> [any NodeModule] {
        var modules: [any NodeModule] = []
        for module in all where module.runs(in: node.roles) { modules.append(try await module.init(node)) }
        return modules
    }
}

extension SettingCatalogue {
    /// Every setting of a node.
    public static let node = NodeModules.all.reduce(SettingCatalogue.common) { catalogue, module in
        module.settings.map { catalogue.adding(module.name, $0) } ?? catalogue
    }
}

extension MetricCatalogue {
    /// Every metric of a node.
    public static let node = NodeModules.all.reduce(MetricCatalogue.common) { $0.adding($1.metrics) }
}
