/// Keeps suspicions for auditors.
public protocol SuspicionStore: Sendable {
    /// Adds attempts to those kept for the same user, minute and reason, including those of other nodes. Adds all or
    /// none.
    ///
    /// After an error they may have been added, and adding them again can count them twice. For an audit that is better
    /// than losing them.
    ///
    /// - Parameter summaries: at most one for each user, minute and reason.
    func add(_ summaries: [SuspicionSummary]) async throws(StoreError)
}
