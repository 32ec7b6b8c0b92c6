/// The ledger and the scores in Postgres, as the persister uses them.
public protocol Ledger: LedgerReader {
    /// Tries to take the leases of these partitions and returns those held now. A lease ends with the connection that
    /// took it.
    func acquireLeases(_ partitions: Range<Int>) async throws(StoreError) -> Set<Int>
    /// Shows that this process is alive, so that it keeps the leases that it has. Must be called about once a second.
    func keepLeases() async throws(StoreError)
    /// Writes the events, the scores and the new position of each batch in one transaction.
    ///
    /// Fails, and writes nothing, unless each partition's position is still at the event before its batch and its lease
    /// is still held. So each event is written exactly once, even if another persister writes at the same time. A row
    /// that a table refuses is kept as a dead letter in the same transaction, and delays nothing.
    ///
    /// - Returns: the rows that were refused.
    func commit(
        _ batches: [OutboxBatch], from positions: [Int: LedgerPosition]
    ) async throws(StoreError) -> [DeadLetter]
}
