/// One accepted change of a partition, as the outbox carries it to the ledger: a score update, or an act of an
/// administrator or of the calendar. The ledger keeps a row of it for each of its boards.
public struct LedgerEvent: Hashable, Sendable {
    /// The kinds of events.
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        /// A score update, also one that changed no score.
        case update
        /// Rankings of a board were emptied. `outcomes` names them.
        case reset
        /// A user's scores were deleted. `outcomes` names the rankings that had one.
        case delete
        /// A period was sealed. `outcomes` names its ranking.
        case seal
    }

    /// The kind.
    public var kind: Kind
    /// The sequence number in the partition. It grows by one with each event and never repeats.
    public var seq: Int64
    /// The user whose score changed; empty for `reset` and `seal`.
    @ByteExact public var userID: String
    /// The action's id in the catalogue. Empty if this is not an update, as are its nonce, points and score.
    public var action: String
    /// The action id's nonce.
    public var nonce: String
    /// The action id's signature, which is the key of its receipt. For other kinds a random text, which no other event
    /// has.
    public var signature: String
    /// The amount of the update.
    public var points: Int64
    /// The request's `new_score`; nil if it had none.
    public var submittedScore: Int64?
    /// When the action id was issued, in ms since 1970. For other kinds `appliedAt`.
    public var issuedAt: Int64
    /// When Redis applied it, in ms since 1970.
    public var appliedAt: Int64
    /// The outcome in each ranking, board by board. A ranking without a place did not take an update, or was emptied or
    /// sealed.
    public var outcomes: [RankingOutcome]
    /// The facts of a `seal`; nil for other kinds.
    public var seal: SealFacts?

    /// Creates an event.
    public init(
        kind: Kind = .update, seq: Int64, userID: String, action: String = "", nonce: String = "", signature: String,
        points: Int64 = 0, submittedScore: Int64? = nil, issuedAt: Int64, appliedAt: Int64, outcomes: [RankingOutcome],
        seal: SealFacts? = nil
    ) {
        self.kind = kind
        self.seal = seal
        self.seq = seq
        self.userID = userID
        self.action = action
        self.nonce = nonce
        self.signature = signature
        self.points = points
        self.submittedScore = submittedScore
        self.issuedAt = issuedAt
        self.appliedAt = appliedAt
        self.outcomes = outcomes
    }
}
