/// Where administrative acts and refusals are recorded.
package protocol AuditLog: Sendable {
    /// Records an entry, on any thread. It waits for nothing and cannot fail: the entry is written later.
    func record(_ entry: AuditEntry)
}
