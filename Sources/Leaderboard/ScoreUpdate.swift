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

/// What a score update led to, kept for as long as its action id is valid.
public struct Receipt: Hashable, Sendable {
    /// The user's score after the update.
    public var score: Int64
    /// The user's rank after the update, from 1.
    public var rank: Int64
    /// The board that it counted on; nil for the update's own.
    public var board: String?

    /// A receipt.
    public init(score: Int64, rank: Int64, board: String? = nil) {
        self.score = score
        self.rank = rank
        self.board = board
    }
}

/// Asks whether an action id has counted, without an update.
public struct ReceiptQuery: Sendable {
    /// The action id's signature.
    public var signature: String
    /// The request's `new_score`; only a receipt with the same one answers.
    public var submittedScore: Int64?
    /// When the action id was issued, in ms since 1970.
    public var issuedAt: Int64
    /// Where to look: the board that it would count on now, or nil to look in all partitions.
    public var board: Board?

    /// A question.
    public init(signature: String, submittedScore: Int64?, issuedAt: Int64, board: Board?) {
        self.signature = signature
        self.submittedScore = submittedScore
        self.issuedAt = issuedAt
        self.board = board
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

/// How a score update ended. Only `applied` changed anything.
public enum ApplyOutcome: Hashable, Sendable {
    /// It counted, now.
    case applied(Receipt)
    /// It had counted before; this is the first outcome.
    case replayed(Receipt)
    /// The action id was used before, with another `new_score`.
    case actionIDReused
    /// The user is over the rate; the same update can pass after `retryAfterMilliseconds`.
    case rateLimited(retryAfterMilliseconds: Int64)
    /// The action is over a limit of its own: its cooldown, or its count for the day, after which `retryAfterMilliseconds` is 0.
    case actionLimited(UpdateLimit.Name, retryAfterMilliseconds: Int64)
    /// The user gains points faster than is believed.
    case velocityExceeded
    /// The score would leave `ScoreBounds`.
    case outOfBounds
    /// The partition is closed: it is new, or being rebuilt.
    case closed
    /// Its receipt may be gone already, so it may have counted: the clocks of the deployment are apart.
    ///
    /// - Parameters:
    ///   - at: the time of Redis' clock, in ms since 1970.
    ///   - forgottenSecond: the last second, since 1970, whose action ids have no receipts any more.
    case stale(at: Int64, forgottenSecond: Int64)
}
