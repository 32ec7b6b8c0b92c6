/// The ledger and the scores in Postgres, as the persister uses them.
public protocol Ledger: LedgerReader {
    /// Tries to hold the leases of these partitions; the ones held now. Leases end with the connection that took them.
    func acquireLeases(_ partitions: Range<Int>) async throws(StoreError) -> Set<Int>
    /// Writes the events, the scores and the new position of each batch in one transaction.
    ///
    /// It fails, and writes nothing, unless each partition's position is still at the event before the batch's first
    /// and its lease is still held: so each event is written exactly once, whoever else is writing. A row that a table
    /// refuses is kept as a dead letter instead, in the same transaction, and holds nothing up.
    ///
    /// - Returns: the rows that were refused.
    func commit(
        _ batches: [OutboxBatch], from positions: [Int: LedgerPosition]
    ) async throws(StoreError) -> [DeadLetter]
}
