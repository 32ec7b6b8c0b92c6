/// The outboxes of the partitions, and the states that open and close partitions, as the persister uses them.
public protocol Outbox: Sendable {
    /// Returns the state of each partition, read in one round trip.
    func states() async throws(StoreError) -> [PartitionState]
    /// Opens a closed partition under a new epoch, continuing after `seq`. Does nothing if the partition is open.
    /// Returns the epoch that holds afterwards.
    func open(partition: Int, seq: Int64) async throws(StoreError) -> String
    /// Closes a partition for writes until it is rebuilt.
    func close(partition: Int) async throws(StoreError)
    /// Returns events after the given sequence numbers, for each partition named. Waits up to `waitMilliseconds` for
    /// the first.
    func read(after positions: [Int: Int64], limit: Int, waitMilliseconds: Int) async throws(StoreError)
        -> [OutboxBatch]
    /// Returns the signatures of the events with these sequence numbers. Events that the outbox has dropped are left
    /// out.
    func signatures(at positions: [Int: Int64]) async throws(StoreError) -> [Int: String]
    /// Drops the events up to and including `seq`, which the ledger has.
    func trim(partition: Int, through seq: Int64) async throws(StoreError)
}
