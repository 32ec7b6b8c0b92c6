/// A place where Redis, `scores` and the ledger do not hold the same.
public struct AuditDifference: Hashable, Sendable {
    /// The kinds of differences.
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        /// `scores` does not hold what the events of the ledger lead to.
        case scores
        /// A step in the ledger does not follow the rule of the board: an event is missing, doubled or wrong.
        case ledger
        /// Redis does not hold what `scores` holds.
        case redis
        /// The keys of a ranking in Redis do not fit together.
        case keys
    }

    /// The kind.
    public var kind: Kind
    /// The ranking.
    public var ranking: Ranking
    /// The user; empty if it is about the ranking as a whole.
    @ByteExact public var userID: String
    /// The entry in Redis; nil if there is none, or if this is not about Redis.
    public var redis: ReachedScore?
    /// The row in `scores`; nil if there is none, or if this is not about `scores`.
    public var scores: ReachedScore?
    /// The score to which the ledger leads; nil if there is none, or if this is not about the ledger.
    public var ledger: ReachedScore?
    /// A sentence for an operator, without values from outside.
    public var reason: String

    /// Creates one.
    public init(
        _ kind: Kind, ranking: Ranking, userID: String = "", redis: ReachedScore? = nil, scores: ReachedScore? = nil,
        ledger: ReachedScore? = nil, reason: String
    ) {
        self.kind = kind
        self.ranking = ranking
        self.userID = userID
        self.redis = redis
        self.scores = scores
        self.ledger = ledger
        self.reason = reason
    }
}
