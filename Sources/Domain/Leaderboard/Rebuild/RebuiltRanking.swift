/// How a ranking is written to the store of rankings.
public struct RebuiltRanking: Hashable, Sendable {
    /// The ranking.
    public var ranking: Ranking
    /// Which scores are better.
    public var order: BoardRules.Order
    /// How equal scores rank.
    public var ties: BoardRules.Ties
    /// The time from which it may be sealed, in ms since 1970; nil if it never may.
    public var cut: Int64?
    /// Whether only its top stays, after its archive, so that it takes no updates and is not sealed again.
    public var isKeptTop: Bool

    /// Creates one.
    public init(
        ranking: Ranking, order: BoardRules.Order, ties: BoardRules.Ties, cut: Int64?, isKeptTop: Bool = false
    ) {
        self.ranking = ranking
        self.order = order
        self.ties = ties
        self.cut = cut
        self.isKeptTop = isKeptTop
    }
}
