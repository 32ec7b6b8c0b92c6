/// One score update, checked and ready to be applied: what was done, by whom, where it counts.
public struct ScoreUpdate: Sendable {
    /// The board that it counts on.
    public var board: Board
    /// The ranking of that board, chosen by the action's issue time.
    public var ranking: Ranking
    /// The user whose score changes.
    public var userID: String
    /// What the board's operator works with: the action's points, or the submitted score. Within `ScoreBounds`.
    public var amount: Int64
    /// The request's `new_score` as it came, nil where it had none. Part of the receipt: a retry must bring the same.
    public var submittedScore: Int64?
    /// The action's id in the catalogue.
    public var action: String
    /// The action id's nonce.
    public var nonce: String
    /// The action id's signature, which names it uniquely: the receipt's key.
    public var signature: String
    /// When the action id was issued, in ms since 1970.
    public var issuedAt: Int64
    /// The limits of its action and board, beside the store's own rate limit.
    public var limits: [UpdateLimit]

    /// Gathers the parts of an update.
    public init(
        board: Board, ranking: Ranking, userID: String, amount: Int64, submittedScore: Int64?, action: String,
        nonce: String, signature: String, issuedAt: Int64, limits: [UpdateLimit] = []
    ) {
        self.limits = limits
        self.board = board
        self.ranking = ranking
        self.userID = userID
        self.amount = amount
        self.submittedScore = submittedScore
        self.action = action
        self.nonce = nonce
        self.signature = signature
        self.issuedAt = issuedAt
    }
}

/// A receipt that a question found, and where.
public struct FoundReceipt: Hashable, Sendable {
    /// What the action id led to, with its board.
    public var receipt: Receipt
    /// The partition that holds it.
    public var partition: Int

    /// What was found.
    public init(receipt: Receipt, partition: Int) {
        self.receipt = receipt
        self.partition = partition
    }
}
