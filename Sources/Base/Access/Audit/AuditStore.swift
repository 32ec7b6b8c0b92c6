/// Where the audit log is kept: a table of the database.
package protocol AuditStore: Sendable {
    /// Adds entries, in their order, all or none.
    func add(_ entries: [AuditEntry]) async throws
}
