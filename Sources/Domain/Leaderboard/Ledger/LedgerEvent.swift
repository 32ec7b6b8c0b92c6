/// One effective update of a board, as the outbox carries it to the ledger.
public struct LedgerEvent: Hashable, Sendable {
    /// The sequence number in the partition. It grows by one with each event and never repeats.
    public var seq: Int64
    /// The ranking whose score changed.
    public var ranking: Ranking
    /// The user whose score changed.
    @ByteExact public var userID: String
    /// The action's id in the catalogue.
    public var action: String
    /// The action id's nonce.
    public var nonce: String
    /// The action id's signature, which is the key of its receipt.
    public var signature: String
    /// The amount that was added to the score.
    public var points: Int64
    /// The request's `new_score`; nil if it had none.
    public var submittedScore: Int64?
    /// The user's score after the update.
    public var score: Int64
    /// The user's rank after the update, from 1.
    public var rank: Int64
    /// When the action id was issued, in ms since 1970.
    public var issuedAt: Int64
    /// When Redis applied it, in ms since 1970.
    public var appliedAt: Int64

    /// Creates an event.
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
