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
    ///
    /// - Parameter found: the time that it had when that was decided; it keeps any other. Nil for any.
    func reschedule(_ ranking: Ranking, partition: Int, from found: Int64?, cut: Int64?) async throws(StoreError)
    /// Seals a ranking: no update counts on it any more, and the ledger gets a `seal` event. A ranking without entries
    /// makes no event, and is dropped at once.
    ///
    /// - Parameter endsAt: the end of its period, in ms since 1970. Earlier periods of the window are sealed with it.
    func seal(_ ranking: Ranking, board: Board, endsAt: Int64) async throws(StoreError) -> SealOutcome
    /// Removes the keys of a ranking that was sealed and archived.
    ///
    /// - Parameters:
    ///   - condition: what the ranking still has to be, so that a node that paused does not drop a later ranking of
    ///     this name; nil for any. Otherwise nothing happens.
    ///   - keepingTop: how many entries stay for watchers: those of a season, which has no next period.
    func drop(
        _ ranking: Ranking, partition: Int, if condition: DropCondition?, keepingTop: Int
    ) async throws(StoreError)
}

extension PeriodSealer {
    /// Changes the time from which a ranking may be sealed, whatever it is.
    package func reschedule(_ ranking: Ranking, partition: Int, cut: Int64?) async throws(StoreError) {
        try await reschedule(ranking, partition: partition, from: nil, cut: cut)
    }

    /// Removes the keys of a ranking that takes no updates any more.
    package func drop(_ ranking: Ranking, partition: Int, keepingTop: Int) async throws(StoreError) {
        try await drop(ranking, partition: partition, if: nil, keepingTop: keepingTop)
    }
}

/// What a ranking has to be to be dropped.
public enum DropCondition: Hashable, Sendable {
    /// Sealed by the event with this sequence number, whose archive is complete.
    case sealed(seq: Int64)
    /// Due since this time, in ms since 1970, and of a board that is gone.
    case due(cut: Int64)
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
