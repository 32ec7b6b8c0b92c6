import Settings
import Telemetry

/// Sends mail, on nodes with the role `accounts`.
struct MailModule: NodeModule {
    static let name = "mail"
    static let settings: (any SettingGroup.Type)? = MailSettings.self
    let services: [ModuleService]

    static func runs(in roles: NodeRoles) -> Bool { roles.contains(.accounts) }

    init(_ node: NodeContext) {
        // After the accounts, whose last mail has to leave too.
        services = node.mail.map { [ModuleService($0.queue, in: .buffers)] } ?? []
    }
}
