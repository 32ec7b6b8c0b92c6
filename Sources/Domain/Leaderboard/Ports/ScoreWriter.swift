/// Applies score updates. This is the hot path: it calls back instead of suspending, on the event loop of the caller.
public protocol ScoreWriter: Sendable {
    /// Applies one update completely or not at all.
    ///
    /// After an error the outcome can be unknown. Applying the same update again is always safe.
    func apply(_ update: ScoreUpdate, completion: @escaping @Sendable (Result<ApplyOutcome, StoreError>) -> Void)

    /// Looks up the receipt of an action id whose update would be refused. Passes nil if there is none for this
    /// `new_score`.
    ///
    /// An error means that it is unknown whether there is one.
    func receipt(
        for query: ReceiptQuery, completion: @escaping @Sendable (Result<FoundReceipt?, StoreError>) -> Void)
}
