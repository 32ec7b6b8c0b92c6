/// The database of an audit: the ledger, and the scores that it led to. Every call sees one moment of it.
public protocol AuditLedger: Sendable {
    /// Goes through the next users of a board, in the order of the database.
    ///
    /// - Parameters:
    ///   - audit: takes the rows and the events of these users.
    ///   - partition: the partition of the board.
    ///   - user: the last user of the page before; nil for the first page.
    /// - Returns: the page, with the audit after it.
    func page(
        _ audit: LedgerAudit, partition: Int, after user: String?
    ) async throws(StoreError) -> AuditPage
    /// Returns the rows of these users in one ranking.
    func scores(of ranking: Ranking, partition: Int, users: [String]) async throws(StoreError) -> AuditScores
}

/// A page of the users of a board.
public struct AuditPage: Sendable {
    /// The audit after the page.
    public var audit: LedgerAudit
    /// All rows in `scores` of the users.
    public var rows: [LedgerAudit.Row]
    /// The last user; nil if this is the last page.
    public var next: String?

    /// Creates a page.
    public init(audit: LedgerAudit, rows: [LedgerAudit.Row], next: String?) {
        self.audit = audit
        self.rows = rows
        self.next = next
    }
}

/// The rows of some users in one ranking, and how far the ledger had come.
public struct AuditScores: Sendable {
    /// The sequence number of the last event that the ledger has of the partition.
    public var position: Int64
    /// The last `seal` of the ranking; 0 if there is none.
    public var seal: Int64
    /// The rows.
    public var rows: [ByteExact: ReachedScore]

    /// Creates the rows.
    public init(position: Int64, seal: Int64, rows: [ByteExact: ReachedScore]) {
        self.position = position
        self.seal = seal
        self.rows = rows
    }
}

/// The rankings of an audit. Every call sees one moment of one ranking.
public protocol AuditRankings: Sendable {
    /// The rankings of a board that take updates, or took some and are still there.
    func rankings(of board: Board) async throws(StoreError) -> [Ranking]
    /// Reads the entries of at most a thousand users.
    func look(at ranking: Ranking, of board: Board, users: [String]) async throws(StoreError) -> RankingLook
    /// Returns about a thousand of the users of a ranking. Users that are there during the whole scan come at least
    /// once.
    ///
    /// - Parameter cursor: that of the answer before; nil for the first.
    /// - Returns: the users, and the cursor for the next ones; nil if these were the last.
    func users(
        of ranking: Ranking, of board: Board, cursor: String?
    ) async throws(StoreError) -> (users: [String], next: String?)
    /// Returns how many of the levels of a ranking no entry has. Only boards with dense ranks have levels.
    func strayLevels(of ranking: Ranking, of board: Board) async throws(StoreError) -> Int
}

/// Entries of a ranking at one moment.
public struct RankingLook: Sendable {
    /// The epoch; nil if the partition is closed.
    public var epoch: String?
    /// The sequence number of the last event of the partition.
    public var seq: Int64
    /// Whether the ranking is sealed.
    public var isSealed: Bool
    /// The number of users, and the number of members of the sorted set. They have to be the same.
    public var counts: (users: Int64, members: Int64)
    /// The entries, by user.
    public var entries: [ByteExact: ReachedScore]
    /// The users whose entries do not fit together: the sorted set has another value, or no level has it.
    public var torn: [String]

    /// Creates a look.
    public init(
        epoch: String?, seq: Int64, isSealed: Bool = false, counts: (users: Int64, members: Int64),
        entries: [ByteExact: ReachedScore], torn: [String] = []
    ) {
        self.epoch = epoch
        self.seq = seq
        self.isSealed = isSealed
        self.counts = counts
        self.entries = entries
        self.torn = torn
    }
}
