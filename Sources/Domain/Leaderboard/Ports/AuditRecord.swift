/// Where audits are recorded. It lets one node audit at a time.
public protocol AuditRecord: Sendable {
    /// Begins an audit, if no other one runs.
    ///
    /// - Parameter scheduledFor: the time of the schedule, in ms since 1970. Nil if a person asked for it.
    /// - Returns: the number of the audit; nil if another one runs, or if this one was begun before.
    func begin(scheduledFor: Int64?) async throws(StoreError) -> Int64?
    /// Ends an audit.
    ///
    /// - Parameter failure: why it did not come to its end; nil if it did.
    func end(_ audit: Int64, _ findings: AuditFindings, failure: String?) async throws(StoreError)
}
