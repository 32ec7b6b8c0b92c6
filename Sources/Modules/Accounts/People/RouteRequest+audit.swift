import Access
import NIOCore
import Signing

extension RouteRequest {
    /// An entry for the audit log: an act of the bearer.
    func auditEntry(
        _ act: String, of subject: String? = nil, outcome: AuditEntry.Outcome = .done, detail: [String: String] = [:]
    ) -> AuditEntry {
        AuditEntry(
            actor: claims?.subject ?? "", act: act, subject: subject, outcome: outcome, detail: detail,
            address: remoteAddress?.ipAddress)
    }
}
