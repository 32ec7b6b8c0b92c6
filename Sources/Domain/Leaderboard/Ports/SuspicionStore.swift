/// Keeps what was refused as suspicious, for auditors.
public protocol SuspicionStore: Sendable {
    /// Adds attempts to those that are kept of the same user, minute and reason, of other nodes too; all or none.
    ///
    /// After an error they may have been added; adding them again can then count them twice, which an audit can bear
    /// better than losing them.
    ///
    /// - Parameter summaries: no two of the same user, minute and reason.
    func add(_ summaries: [SuspicionSummary]) async throws(StoreError)
}
