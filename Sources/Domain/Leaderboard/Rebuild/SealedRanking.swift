/// A ranking with a `seal` event in the ledger.
public struct SealedRanking: Hashable, Sendable {
    /// The ranking.
    public var ranking: Ranking
    /// The sequence number of its `seal` event.
    public var seq: Int64
    /// The order of its board when it was sealed; nil if the ledger does not say.
    public var order: BoardRules.Order?
    /// The ties of its board when it was sealed; nil if the ledger does not say.
    public var ties: BoardRules.Ties?

    /// Creates one.
    public init(ranking: Ranking, seq: Int64, order: BoardRules.Order?, ties: BoardRules.Ties?) {
        self.ranking = ranking
        self.seq = seq
        self.order = order
        self.ties = ties
    }
}
