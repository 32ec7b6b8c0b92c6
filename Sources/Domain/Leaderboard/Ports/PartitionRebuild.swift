/// Replaces the data of a closed partition in the store of rankings. Each call blocks the store for some milliseconds
/// at most. All calls with a session throw `conflict` if another rebuild has begun since.
public protocol PartitionRebuild: Sendable {
    /// How a partition was closed; nil if it does not wait for a rebuild.
    func closure(partition: Int) async throws(StoreError) -> PartitionClosure?
    /// Events of a closed partition after a sequence number, in order; none at the end.
    func events(partition: Int, after seq: Int64, limit: Int) async throws(StoreError) -> [LedgerEvent]
    /// Closes a partition, and asks the persister that holds its lease to rebuild it.
    func request(partition: Int) async throws(StoreError)
    /// How far a rebuild of a partition is; nil if none has written anything.
    func progress(partition: Int) async throws(StoreError) -> RebuildProgress?
    /// The number of entries of each ranking that takes updates or waits to be sealed.
    func entryCounts(partition: Int) async throws(StoreError) -> [Ranking: Int64]
    /// Compares standings of one ranking with the store. Changes nothing.
    func compare(
        _ standings: [Standing], of ranking: RebuiltRanking, partition: Int
    ) async throws(StoreError) -> StandingDifferences
    /// Begins the rebuild of a closed partition. All earlier rebuilds of it stop.
    ///
    /// - Throws: `conflict`, and changes nothing, if the partition was opened, or another rebuild has begun, since the
    ///   closure was read.
    func begin(_ closure: PartitionClosure) async throws(StoreError) -> RebuildSession
    /// Removes the old rankings, receipts, counts and events.
    func clear(_ session: RebuildSession) async throws(StoreError)
    /// Writes the forms of boards.
    func write(forms: [Board], _ session: RebuildSession) async throws(StoreError)
    /// Writes the end of the last sealed period of windows, in ms since 1970.
    func write(lastEnds: [BoardWindow: Int64], _ session: RebuildSession) async throws(StoreError)
    /// Marks rankings as sealed: by the sequence number of the event, or 0 if only the top stays.
    func write(seals: [Ranking: Int64], _ session: RebuildSession) async throws(StoreError)
    /// Writes standings of one ranking. A standing that is there already must not be written again with another one.
    func write(_ standings: [Standing], of ranking: RebuiltRanking, _ session: RebuildSession) async throws(StoreError)
    /// Writes the receipts of updates.
    func write(receipts: [LedgerEvent], _ session: RebuildSession) async throws(StoreError)
    /// Writes counts.
    func write(counts: [DailyCount], _ session: RebuildSession) async throws(StoreError)
    /// Says how far the rebuild is, for whoever watches it.
    func report(done: Int64, of total: Int64, _ session: RebuildSession) async throws(StoreError)
    /// Opens the partition under a new epoch.
    ///
    /// - Parameters:
    ///   - seq: the sequence number of the last event.
    ///   - forgottenSecond: the last second of issue, since 1970, whose receipts were not written.
    /// - Returns: the epoch.
    func end(_ session: RebuildSession, seq: Int64, forgottenSecond: Int64) async throws(StoreError) -> String
    /// Publishes the current tops of boards, so that watchers get them under the new epoch.
    func publishTops(of boards: [Board]) async throws(StoreError)
}
