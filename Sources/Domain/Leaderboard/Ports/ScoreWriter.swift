/// Applies score updates. The hot path: it calls back instead of suspending, on the event loop it was called from.
public protocol ScoreWriter: Sendable {
    /// Applies one update, all of it or nothing.
    ///
    /// After an error the outcome can be unknown; the same update again is always safe.
    func apply(_ update: ScoreUpdate, completion: @escaping @Sendable (Result<ApplyOutcome, StoreError>) -> Void)

    /// Asks for the receipt of an action id whose update would be refused; nil where there is none for this
    /// `new_score`.
    ///
    /// An error says that it is not known whether there is one.
    func receipt(
        for query: ReceiptQuery, completion: @escaping @Sendable (Result<FoundReceipt?, StoreError>) -> Void)
}
