/// One score update, verified and ready to be applied: what was done, by whom, and where it counts.
public struct ScoreUpdate: Sendable {
    /// The rankings on which it counts; at least one.
    public var targets: UpdateTargets
    /// The user whose score changes.
    public var userID: String
    /// The amount from which the operators of the boards make scores: the action's points, or the submitted score.
    /// Within `ScoreBounds`.
    public var amount: Int64
    /// The request's `new_score`; nil if it had none. It is part of the receipt: a retry must bring the same value.
    public var submittedScore: Int64?
    /// The action's id in the catalogue.
    public var action: String
    /// The action id's nonce.
    public var nonce: String
    /// The action id's signature. It is unique, and is the key of the receipt.
    public var signature: String
    /// When the action id was issued, in ms since 1970.
    public var issuedAt: Int64
    /// The limits of the action and of each board, in addition to the store's own rate limit.
    public var limits: [UpdateLimit]
    /// Whether a game service awards it. Then it is free of the store's own rate limit.
    public var isAward: Bool

    /// Creates an update.
    public init(
        targets: UpdateTargets, userID: String, amount: Int64, submittedScore: Int64?, action: String,
        nonce: String, signature: String, issuedAt: Int64, limits: [UpdateLimit] = [],
        isAward: Bool = false
    ) {
        self.isAward = isAward
        self.limits = limits
        self.targets = targets
        self.userID = userID
        self.amount = amount
        self.submittedScore = submittedScore
        self.action = action
        self.nonce = nonce
        self.signature = signature
        self.issuedAt = issuedAt
    }

    /// The action's first board.
    public var board: Board { targets.boards[0] }
}

/// A receipt that was found, and its partition.
public struct FoundReceipt: Hashable, Sendable {
    /// The receipt, with its board.
    public var receipt: Receipt
    /// The partition that holds it.
    public var partition: Int

    /// Creates a result.
    public init(receipt: Receipt, partition: Int) {
        self.receipt = receipt
        self.partition = partition
    }
}
