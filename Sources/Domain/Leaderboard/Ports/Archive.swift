/// The final standings of sealed periods, in the database.
public protocol Archive: Sendable {
    /// Writes the archive of a ranking whose `seal` event is in the ledger, with its count and checksum, once. Does
    /// nothing if it is there.
    ///
    /// - Returns: false if the ledger does not have the event yet.
    func archive(_ ranking: Ranking, board: Board, period: Period) async throws(StoreError) -> Bool
    /// Deletes the archives of each window of a board beyond its newest `keepPeriods`. From the first call on, they are
    /// not read any more. Large ones take several calls.
    ///
    /// - Returns: false if there is more to delete.
    func prune(board: Board) async throws(StoreError) -> Bool
    /// The archived periods of a window with these names.
    func periods(board: String, window: String, names: [String]) async throws(StoreError) -> [ArchivedPeriod]
    /// Answers a question about an archived ranking; nil if it is not archived.
    func read(
        _ question: RankingQuestion, board: Board, window: Window, period: Period
    ) async throws(StoreError) -> RankingAnswer?
}

/// A period that was archived.
public struct ArchivedPeriod: Hashable, Sendable {
    /// Its ranking.
    public var ranking: Ranking
    /// The number of entries.
    public var entries: Int64
    /// SHA-256 over `rank,user_id,score\n` of all entries in list order, in lowercase hexadecimal digits.
    public var checksum: String

    /// Creates one.
    public init(ranking: Ranking, entries: Int64, checksum: String) {
        self.ranking = ranking
        self.entries = entries
        self.checksum = checksum
    }
}
