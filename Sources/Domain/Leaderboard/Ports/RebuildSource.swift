/// The truth from which a partition is rebuilt, in Postgres. Rows come in pages, so that memory stays constant.
public protocol RebuildSource: Sendable {
    /// The facts that are needed first.
    ///
    /// - Throws: `corrupt` if the partition has a board that this version cannot run: its rankings would be lost.
    func facts(partition: Int, of partitioning: Partitioning) async throws(StoreError) -> RebuildFacts
    /// Calls `body` with the standings of a board, ranking by ranking.
    func standings(
        ofBoard board: String, _ body: @Sendable ([Standing]) async throws(StoreError) -> Void
    ) async throws(StoreError)
    /// The first entries of an archived ranking, in order. Their sequence numbers only tell this order.
    func archivedTop(_ sealed: SealedRanking, limit: Int) async throws(StoreError) -> [Standing]
    /// Calls `body` with the updates of a partition whose action ids were issued since a time, in ms since 1970.
    func updates(
        partition: Int, issuedSince: Int64, actions: [String: Action],
        _ body: @Sendable ([LedgerEvent]) async throws(StoreError) -> Void
    ) async throws(StoreError)
    /// Calls `body` with the counts of actions since a day.
    func dailyCounts(
        partition: Int, actions: [String], sinceDay: Int64,
        _ body: @Sendable ([DailyCount]) async throws(StoreError) -> Void
    ) async throws(StoreError)
    /// Returns those of these events that the ledger does not have in their places, not even as dead letters.
    func missing(_ events: [LedgerEvent], partition: Int) async throws(StoreError) -> [LedgerEvent]
    /// Keeps events that only the store of rankings has. Those that are kept already stay as they are.
    ///
    /// - Returns: how many were not kept before.
    func keepOrphans(_ orphans: [LedgerEvent], partition: Int, epoch: String) async throws(StoreError) -> Int
}
