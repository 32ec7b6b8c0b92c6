/// Applies score updates. The hot path: it calls back instead of suspending, on the event loop it was called from.
public protocol ScoreWriter: Sendable {
    /// Applies one update, all of it or nothing.
    ///
    /// After an error the outcome can be unknown; the same update again is always safe.
    func apply(_ update: ScoreUpdate, completion: @escaping @Sendable (Result<ApplyOutcome, StoreError>) -> Void)

    /// Asks for the receipt of an action id whose update would be refused; nil where there is none for this `new_score`.
    ///
    /// An error says that it is not known whether there is one.
    func receipt(
        for query: ReceiptQuery, completion: @escaping @Sendable (Result<FoundReceipt?, StoreError>) -> Void)
}

/// Reads rankings.
public protocol LeaderboardReader: Sendable {
    /// A page of a ranking.
    ///
    /// - Parameters:
    ///   - board: the ranking's board.
    ///   - ranking: what to read.
    ///   - limit: at most this many entries, 1 to 1000.
    ///   - cursor: where to start; nil for the head.
    func page(of board: Board, ranking: Ranking, limit: Int, after cursor: LeaderboardCursor?) async throws(StoreError)
        -> LeaderboardPage
}

/// Tells whether updates can be written now.
public protocol WriteReadiness: Sendable {
    /// Why no update can be written now; nil when all partitions take updates.
    func whyNotWritable() async -> String?
}

/// The catalogue as administrators change it.
public protocol CatalogueStore: Sendable {
    /// The whole catalogue, read in one step.
    func load() async throws(StoreError) -> Catalogue
    /// The revision of the catalogue, to see cheaply whether it changed.
    func revision() async throws(StoreError) -> Int64
    /// Adds or replaces an action. True where it is new.
    func put(_ action: Action) async throws(StoreError) -> Bool
    /// Removes an action. False where there was none.
    func deleteAction(id: String) async throws(StoreError) -> Bool
}

/// The catalogue of the moment, as API nodes keep it in memory.
public protocol CatalogueSource: Sendable {
    /// The catalogue; nil before it was first loaded. Answers from memory.
    var current: Catalogue? { get }
    /// Loads it now, so that a change made through this node holds on it at once.
    func reload() async throws(StoreError)
    /// Is told that a change or a reading for an administrator failed.
    func failed(_ error: StoreError)
}

/// The boards of the moment, as every node keeps them in memory.
public protocol BoardSource: Sendable {
    /// Whether the boards were ever read. Before that, nothing is known of any board.
    var isKnown: Bool { get }
    /// The board of an id; nil if there is none. Answers from memory, on any thread.
    func board(_ id: String) -> Board?
    /// Calls `changed` after each change, on any thread; it must return at once.
    func follow(_ changed: @escaping @Sendable () -> Void)
}

/// What is known of whether published messages reach this node.
public struct FeedProof: Sendable, Equatable {
    /// Why it is not known that messages arrive; nil while they do.
    public var whyLate: String?
    /// The age of the newest proof that they do, in ms; nil before the first.
    public var ageMilliseconds: Int64?

    /// Gathers both.
    public init(whyLate: String?, ageMilliseconds: Int64?) {
        self.whyLate = whyLate
        self.ageMilliseconds = ageMilliseconds
    }
}

/// What a feed of tops tells its watcher.
public enum TopEvent: Sendable {
    /// A new version of the top.
    case changed(Top)
    /// The feed is live (again). Read the current top now: what happened before was not told.
    case live
    /// The feed is cut; versions may be missed until it is live again.
    case cut
}

/// Follows the visible tops of rankings.
public protocol TopFeed: Sendable {
    /// Starts to follow a ranking; events arrive one at a time, in order, until `unwatch`.
    func watch(_ board: Board, _ ranking: Ranking, onEvent: @escaping @Sendable (TopEvent) -> Void)
    /// Ends what `watch` began.
    func unwatch(_ board: Board, _ ranking: Ranking)
    /// Whether the feed receives now.
    var isLive: Bool { get }
}

/// The partitions' outboxes and their gates, as the persister uses them.
public protocol Outbox: Sendable {
    /// Where each partition stands, all read in one round trip.
    func states() async throws(StoreError) -> [PartitionState]
    /// Opens a closed partition under a new epoch, going on from `seq`. Does nothing to an open one. The epoch that holds then.
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

/// Tells how far the ledger has come.
public protocol LedgerReader: Sendable {
    /// How far the ledger has come in each partition; partitions without an entry have no history.
    func positions() async throws(StoreError) -> [Int: LedgerPosition]
}

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

/// Why a store could not do its part.
public struct StoreError: Error, Sendable, CustomStringConvertible {
    /// What kind of trouble it is; decides what the caller does.
    public enum Kind: Sendable {
        /// The store is out of reach or overloaded; try again later. What was asked may or may not have happened.
        case unavailable
        /// The partition is closed for now.
        case closed
        /// Somebody else moved the position or took the lease: read both again.
        case conflict
        /// The store holds or answers something that it must not: an operator has to look.
        case corrupt
    }

    /// The kind of trouble.
    public var kind: Kind
    /// For operators; never shown to clients.
    public var description: String

    /// An error for operators' eyes.
    public init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = description
    }
}
