/// The facts in Postgres that a rebuild of a partition needs at its beginning. The many rows are read later, in chunks.
public struct RebuildFacts: Sendable {
    /// The boards of the partition, in order of their ids.
    public var boards: [Board]
    /// All actions, by id.
    public var actions: [String: Action]
    /// The rankings that are sealed and not archived yet.
    public var unarchived: [SealedRanking]
    /// The archived rankings of seasons: their tops stay in the store for watchers.
    public var archivedSeasons: [SealedRanking]
    /// For each window that has archived periods, the greatest end of one, in ms since 1970.
    public var lastEnds: [BoardWindow: Int64]
    /// Events that the ledger refused.
    public var refusedEvents: [LedgerEvent]
    /// Standings that the table of scores refused.
    public var refusedStandings: [Standing]
    /// The number of entries in all rankings of the partition.
    public var entryCount: Int64

    /// Gathers the facts.
    public init(
        boards: [Board], actions: [String: Action] = [:], unarchived: [SealedRanking] = [],
        archivedSeasons: [SealedRanking] = [], lastEnds: [BoardWindow: Int64] = [:],
        refusedEvents: [LedgerEvent] = [], refusedStandings: [Standing] = [], entryCount: Int64 = 0
    ) {
        self.boards = boards
        self.actions = actions
        self.unarchived = unarchived
        self.archivedSeasons = archivedSeasons
        self.lastEnds = lastEnds
        self.refusedEvents = refusedEvents
        self.refusedStandings = refusedStandings
        self.entryCount = entryCount
    }
}
