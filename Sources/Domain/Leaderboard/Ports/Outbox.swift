/// The partitions' outboxes and their gates, as the persister uses them.
public protocol Outbox: Sendable {
    /// Where each partition stands, all read in one round trip.
    func states() async throws(StoreError) -> [PartitionState]
    /// Opens a closed partition under a new epoch, going on from `seq`. Does nothing to an open one. The epoch that
    /// holds then.
    func open(partition: Int, seq: Int64) async throws(StoreError) -> String
    /// Closes a partition for writes until it is rebuilt.
    func close(partition: Int) async throws(StoreError)
    /// Events after the given sequence numbers, for each partition named; waits up to `waitMilliseconds` for the first.
    func read(after positions: [Int: Int64], limit: Int, waitMilliseconds: Int) async throws(StoreError)
        -> [OutboxBatch]
    /// The signatures of the events with these sequence numbers, where the outboxes still hold them.
    func signatures(at positions: [Int: Int64]) async throws(StoreError) -> [Int: String]
    /// Drops the events up to and with `seq`, which the ledger has.
    func trim(partition: Int, through seq: Int64) async throws(StoreError)
}
