/// Records nothing: for nodes without a database, and for tests.
package struct NoAuditLog: AuditLog {
    /// Creates the log.
    package init() {}

    /// Drops the entry.
    package func record(_ entry: AuditEntry) {}
}
