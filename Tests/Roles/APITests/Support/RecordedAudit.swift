import Access
import NIOConcurrencyHelpers

/// An audit log in memory.
final class RecordedAudit: AuditLog {
    private let kept = NIOLockedValueBox<[AuditEntry]>([])

    /// The entries, in their order.
    var entries: [AuditEntry] { kept.withLockedValue { $0 } }

    func record(_ entry: AuditEntry) { kept.withLockedValue { $0.append(entry) } }
}
