/// One effective update of a board as the outbox carries it to the ledger.
public struct LedgerEvent: Hashable, Sendable {
    /// The partition's sequence number; grows by one with each event, never repeats.
    public var seq: Int64
    /// The ranking whose score changed.
    public var ranking: Ranking
    /// The user whose score changed.
    @ByteExact public var userID: String
    /// The action's id in the catalogue.
    public var action: String
    /// The action id's nonce.
    public var nonce: String
    /// The action id's signature, the key of its receipt.
    public var signature: String
    /// What the operator worked with.
    public var points: Int64
    /// The request's `new_score`, nil where it had none.
    public var submittedScore: Int64?
    /// The user's score after the update.
    public var score: Int64
    /// The user's rank after the update, from 1.
    public var rank: Int64
    /// When the action id was issued, in ms since 1970.
    public var issuedAt: Int64
    /// When Redis applied it, in ms since 1970.
    public var appliedAt: Int64

    /// Gathers the parts of an event.
    public init(
        seq: Int64, ranking: Ranking, userID: String, action: String, nonce: String, signature: String, points: Int64,
        submittedScore: Int64?, score: Int64, rank: Int64, issuedAt: Int64, appliedAt: Int64
    ) {
        self.seq = seq
        self.ranking = ranking
        self.userID = userID
        self.action = action
        self.nonce = nonce
        self.signature = signature
        self.points = points
        self.submittedScore = submittedScore
        self.score = score
        self.rank = rank
        self.issuedAt = issuedAt
        self.appliedAt = appliedAt
    }
}

/// Where a partition stands in Redis.
public struct PartitionState: Hashable, Sendable {
    /// The open epoch, nil while the partition is closed.
    public var epoch: String?
    /// The sequence number of the last event.
    public var seq: Int64
    /// Whether the partition was closed until it is rebuilt: nothing else may open it.
    public var awaitsRebuild: Bool

    /// A state.
    public init(epoch: String?, seq: Int64, awaitsRebuild: Bool = false) {
        self.epoch = epoch
        self.seq = seq
        self.awaitsRebuild = awaitsRebuild
    }
}

/// How far the ledger has come in a partition.
public struct LedgerPosition: Hashable, Sendable {
    /// The epoch of the last event; empty before the first.
    public var epoch: String
    /// The sequence number of the last event; 0 before the first.
    public var seq: Int64
    /// The signature of the last event: tells whether Redis still has the history that was written down.
    public var signature: String

    /// A position.
    public init(epoch: String, seq: Int64, signature: String) {
        self.epoch = epoch
        self.seq = seq
        self.signature = signature
    }
}

/// Events of one partition that follow each other without a gap.
public struct OutboxBatch: Sendable {
    /// The partition, from 0.
    public var partition: Int
    /// The epoch in which they were read.
    public var epoch: String
    /// In order of `seq`; at least one, unless there is trouble with the first.
    public var events: [LedgerEvent]
    /// The signature of the event before them, where the outbox has it: tells whether they go on from what was written down.
    public var anchor: String?
    /// Why there are no further events, where there are but cannot be read.
    public var trouble: StoreError?

    /// A batch.
    public init(
        partition: Int, epoch: String, events: [LedgerEvent], anchor: String? = nil, trouble: StoreError? = nil
    ) {
        self.partition = partition
        self.epoch = epoch
        self.events = events
        self.anchor = anchor
        self.trouble = trouble
    }
}

/// A row of an event that a table refused for what it holds, and that was kept beside it.
public struct DeadLetter: Hashable, Sendable {
    /// The tables that can refuse a row.
    public enum Table: String, Sendable {
        /// The ledger.
        case ledger = "score_events"
        /// The scores.
        case scores
    }

    /// The event's partition.
    public var partition: Int
    /// The event's sequence number.
    public var seq: Int64
    /// The table that refused its row.
    public var table: Table
    /// The database's code for the reason, such as `23505`.
    public var code: String
    /// The database's reason; printable ASCII.
    public var reason: String

    /// A refused row.
    public init(partition: Int, seq: Int64, table: Table, code: String, reason: String) {
        self.partition = partition
        self.seq = seq
        self.table = table
        self.code = code
        self.reason = reason
    }
}
