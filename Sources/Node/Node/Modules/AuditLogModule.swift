import Settings
import Telemetry

/// Writes the log of administrative acts and refusals.
struct AuditLogModule: NodeModule {
    static let name = "audit log"
    let services: [ModuleService]

    static func runs(in roles: NodeRoles) -> Bool { !roles.isDisjoint(with: [.api, .accounts, .play]) }

    init(_ node: NodeContext) {
        services = node.auditRecorder.map { [ModuleService($0)] } ?? []
    }

    static let metrics: [MetricDescription] = [
        .init(label: "scorecast_audit_log_entries_total", help: "Entries that this node wrote to the audit log."),
        .init(
            label: "scorecast_audit_log_entries_dropped_total",
            help: "Entries that the audit log had no room for, and refusals over 30 a minute of one actor."),
        .init(label: "scorecast_audit_log_entries_waiting", help: "Entries that wait to be written to the audit log."),
    ]
}
