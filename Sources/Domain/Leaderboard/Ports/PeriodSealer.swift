/// Seals periods in the store of rankings. Each step can be repeated safely. If a node is interrupted, another node
/// repeats its step.
public protocol PeriodSealer: Sendable {
    /// The rankings of a partition that have scores, or had them, and are still in the store, with the time from which
    /// they may be sealed. Only those that are due at the store's clock.
    func due(partition: Int, limit: Int) async throws(StoreError) -> [DueRanking]
    /// The rankings of a partition that will be due later, in the order of these times. Those that never end are left
    /// out.
    ///
    /// - Parameter offset: how many of the first ones are skipped.
    func waiting(partition: Int, offset: Int, limit: Int) async throws(StoreError) -> [DueRanking]
    /// Changes the time from which a ranking may be sealed, because the board's grace or the season's end has changed.
    func reschedule(_ ranking: Ranking, partition: Int, cut: Int64?) async throws(StoreError)
    /// Seals a ranking: no update counts on it any more, and the ledger gets a `seal` event. A ranking without entries
    /// makes no event, and is dropped at once.
    ///
    /// - Parameter endsAt: the end of its period, in ms since 1970. Earlier periods of the window are sealed with it.
    func seal(_ ranking: Ranking, board: Board, endsAt: Int64) async throws(StoreError) -> SealOutcome
    /// Removes the keys of a ranking that was sealed and archived.
    ///
    /// - Parameter keepingTop: how many entries stay for watchers: those of a season, which has no next period.
    func drop(_ ranking: Ranking, partition: Int, keepingTop: Int) async throws(StoreError)
}

/// A ranking that is to be sealed.
public struct DueRanking: Hashable, Sendable {
    /// The ranking.
    public var ranking: Ranking
    /// The time from which it may be sealed, in ms since 1970.
    public var cut: Int64

    /// Creates one.
    public init(ranking: Ranking, cut: Int64) {
        self.ranking = ranking
        self.cut = cut
    }
}

/// The result of sealing a ranking.
public enum SealOutcome: Hashable, Sendable {
    /// It is sealed, now or before. Its `seal` event has this sequence number.
    case sealed(seq: Int64)
    /// It had no entries, and is gone.
    case empty
}
