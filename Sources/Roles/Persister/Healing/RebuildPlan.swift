import Leaderboard

/// Decides how the rankings of a partition are written. Pure.
package struct RebuildPlan: Sendable {
    /// The boards, in order.
    package let boards: [Board]
    /// For each window with sealed periods, the end of the last one, in ms since 1970.
    package let lastEnds: [BoardWindow: Int64]
    /// The rankings that are sealed, with the sequence numbers of their `seal` events, or 0 if only the top stays.
    package let seals: [Ranking: Int64]
    /// The actions with a limit for each day.
    package let dailyActions: [String]
    private let unarchived: [Ranking: SealedRanking]
    private let calendars: [String: BoardCalendar]
    private let refused: [Key: Standing]
    private let now: Int64

    /// A user in a ranking.
    private struct Key: Hashable {
        let ranking: Ranking
        let user: ByteExact

        init(_ standing: Standing) {
            ranking = standing.ranking
            user = ByteExact(standing.userID)
        }
    }

    /// - Parameter now: the store's time, in ms since 1970.
    package init(_ facts: RebuildFacts, now: Int64) {
        boards = facts.boards
        self.now = now
        let calendars = Dictionary(facts.boards.map { ($0.id, BoardCalendar($0)) }, uniquingKeysWith: { $1 })
        self.calendars = calendars
        unarchived = Dictionary(facts.unarchived.map { ($0.ranking, $0) }, uniquingKeysWith: { $1 })
        // A later refusal is of a later score.
        refused = Dictionary(facts.refusedStandings.map { (Key($0), $0) }, uniquingKeysWith: { $1 })
        let ids = Set(facts.boards.map(\.id))
        dailyActions = facts.actions.values.filter { action in
            action.maxPerUserPerDay != nil && action.boards.contains { ids.contains($0) }
        }.map(\.id).sorted()

        var seals: [Ranking: Int64] = [:]
        for sealed in facts.archivedSeasons { seals[sealed.ranking] = 0 }
        for sealed in facts.unarchived { seals[sealed.ranking] = sealed.seq }
        self.seals = seals

        // Only windows that the board still has.
        var ends = facts.lastEnds.filter { calendars[$0.key.board]?.calendar($0.key.window) != nil }
        for sealed in facts.unarchived {
            let ranking = sealed.ranking
            let period = calendars[ranking.board]?.calendar(ranking.window)?.period(named: ranking.period)
            guard let end = period?.endsAt else { continue }
            let window = BoardWindow(board: ranking.board, window: ranking.window)
            ends[window] = max(ends[window] ?? end, end)
        }
        lastEnds = ends
    }

    /// How a ranking is written; nil if its board is not in the partition.
    package func ranking(_ ranking: Ranking) -> RebuiltRanking? {
        guard let calendar = calendars[ranking.board] else { return nil }
        let board = calendar.board
        let sealed = unarchived[ranking]
        let cut: Int64?
        if let window = calendar.calendar(ranking.window), let period = window.period(named: ranking.period) {
            // A ranking that was sealed stays due, also if its season ends later now.
            let regular = period.cut(graceMilliseconds: board.graceMilliseconds)
            cut = sealed == nil ? regular : min(regular ?? now, now)
        } else {
            // The window is gone, or has other periods now: what is left of it is sealed.
            cut = now
        }
        return RebuiltRanking(
            ranking: ranking, order: sealed?.order ?? board.rules.order, ties: sealed?.ties ?? board.rules.ties,
            cut: cut)
    }

    /// How the kept top of an archived season is written.
    package func keptTop(_ sealed: SealedRanking) -> RebuiltRanking? {
        guard let board = calendars[sealed.ranking.board]?.board, unarchived[sealed.ranking] == nil else { return nil }
        return RebuiltRanking(
            ranking: sealed.ranking, order: sealed.order ?? board.rules.order, ties: sealed.ties ?? board.rules.ties,
            cut: nil, isKeptTop: true)
    }

    /// Replaces standings by later ones that the table of scores refused.
    package func corrected(_ standings: [Standing]) -> [Standing] {
        guard !refused.isEmpty else { return standings }
        return standings.map { standing in
            guard let later = refused[Key(standing)], later.reachedSeq > standing.reachedSeq else { return standing }
            return later
        }
    }

    /// The refused standings of users who are not in the table at all.
    ///
    /// - Parameter seen: the standings of the table with refused ones, as ``corrected(_:)`` got them.
    package func added(except seen: Set<SeenStanding>) -> [Standing] {
        refused.values.filter { !seen.contains(SeenStanding($0)) }.sorted { $0.reachedSeq < $1.reachedSeq }
    }

    /// Those of the standings that have a refused one.
    package func withRefused(_ standings: [Standing]) -> [SeenStanding] {
        guard !refused.isEmpty else { return [] }
        return standings.filter { refused[Key($0)] != nil }.map { SeenStanding($0) }
    }

    /// Splits standings into runs of the same ranking.
    package static func runs(_ standings: [Standing]) -> [ArraySlice<Standing>] {
        var runs: [ArraySlice<Standing>] = []
        var start = standings.startIndex
        for index in standings.indices where standings[index].ranking != standings[start].ranking {
            runs.append(standings[start..<index])
            start = index
        }
        if start < standings.endIndex { runs.append(standings[start...]) }
        return runs
    }

    /// The first second of issue whose receipts are written, since 1970. Receipts of earlier ones are not kept any more
    /// by either clock.
    package static func firstReceiptSecond(storeTime: Int64, nodeTime: Int64, lifetimeMilliseconds: Int64) -> Int64 {
        let now = min(storeTime, nodeTime) / 1000
        return max(1, now - (lifetimeMilliseconds + 999) / 1000)
    }
}
