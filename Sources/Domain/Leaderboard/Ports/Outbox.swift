/// The outboxes of the partitions, and the states that open and close partitions, as the persister uses them.
public protocol Outbox: Sendable {
    /// Returns the state of each partition, read in one round trip.
    func states() async throws(StoreError) -> [PartitionState]
    /// Returns the states of all partitions, and the signatures of the events with these sequence numbers, all from one
    /// Redis process.
    func snapshot(at positions: [Int: Int64]) async throws(StoreError) -> PartitionSnapshot
    /// Opens a closed partition under a new epoch, continuing after `seq`, and verifies it. Does nothing if the
    /// partition is open. Returns the epoch that holds afterwards.
    ///
    /// - Parameter run: the `run_id` of the Redis process that was compared with the ledger.
    /// - Throws: `closed` if the partition awaits its rebuild; `conflict` if Redis is another process by now.
    func open(partition: Int, seq: Int64, run: String) async throws(StoreError) -> String
    /// Lets an open partition take writes, after it was compared with the ledger. Returns false if the Redis process or
    /// the epoch is another one by now, or if the partition has fewer events than were compared.
    ///
    /// - Parameters:
    ///   - run: the `run_id` of the process that was compared. The ledger's position must have been read while this
    ///     process ran: then its data cannot be older than what was compared.
    ///   - epoch, seq: the state that was compared.
    func verify(partition: Int, epoch: String, seq: Int64, run: String) async throws(StoreError) -> Bool
    /// Asks a Redis process to rewrite its append-only file, and returns the progress.
    ///
    /// - Parameters:
    ///   - run: the `run_id` of the process.
    ///   - isAsked: whether this process was asked before.
    ///   - mayAsk: whether it may be asked now.
    func rewriteFile(run: String, isAsked: Bool, mayAsk: Bool) async throws(StoreError) -> FileRewriting
    /// Records that a Redis process has rewritten its file. Does nothing if another process answers by now.
    func noteRewritten(partition: Int, run: String) async throws(StoreError)
    /// Closes a partition for writes until it is rebuilt. Returns false, and changes nothing, if it has another epoch
    /// by now.
    ///
    /// - Parameter epoch: the epoch that was compared with the ledger; nil if the partition was closed.
    @discardableResult
    func close(partition: Int, epoch: String?) async throws(StoreError) -> Bool
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

extension Outbox {
    /// Opens a closed partition on the Redis that answers now, for callers that know that it has all events.
    package func open(partition: Int, seq: Int64) async throws(StoreError) -> String {
        let run = try await snapshot(at: [:]).run
        return try await open(partition: partition, seq: seq, run: run)
    }

    /// Closes a partition, whatever its epoch is.
    package func close(partition: Int) async throws(StoreError) {
        while try await !close(partition: partition, epoch: try await states()[partition].epoch) {}
    }
}
