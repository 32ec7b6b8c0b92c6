import Leaderboard

/// Seals and archives the periods of one partition, one round after the other.
///
/// A ranking passes through these steps: `seal`, `archive`, `drop`. Until the last one the store calls it due. So each
/// round finds again what an earlier one did not finish, and every step may be done twice.
package struct PartitionSealing {
    private let partition: Int
    private let stores: PeriodStores
    private let metrics: PeriodMetrics
    private let now: @Sendable () -> Int64

    /// The rankings that were sealed and are not archived yet, with the sequence numbers of their seal events. It saves
    /// calls, and lets each one be counted once.
    private var sealed: [Ranking: Int64] = [:]
    /// The boards whose archives have to be pruned.
    private var toPrune: Set<String> = []
    /// The boards as they were in the round before.
    private var known: BoardList?
    /// The boards that changed lately, with the rounds for which their rankings are still looked at.
    private var changed: [String: Int] = [:]

    /// The most rankings of one round, or of one call.
    private static let limit = 500
    /// The most rankings that are looked at after a change.
    private static let waitingMax = 200_000
    /// For about this many rounds, a node that lags can add rankings with the previous cut.
    private static let changedRounds = 5

    /// - Parameters:
    ///   - partition: the partition.
    ///   - now: returns the time in ms since 1970.
    package init(
        partition: Int, stores: PeriodStores, metrics: PeriodMetrics, now: @escaping @Sendable () -> Int64
    ) {
        self.partition = partition
        self.stores = stores
        self.metrics = metrics
        self.now = now
    }

    /// Forgets what it knows, since another node serves the partition.
    package mutating func rest() {
        (sealed, toPrune, known, changed) = ([:], [], nil, [:])
        metrics.record(overdue: 0, partition: partition)
    }

    /// Does all that is due.
    ///
    /// - Throws: the first error, after everything else was tried.
    package mutating func round() async throws(StoreError) {
        guard let current = stores.catalogue.current else { return }
        var first: StoreError?
        func note(_ error: StoreError) { first = first ?? error }

        do { try await followCuts(current.boardList) } catch { note(error) }
        let due = try await stores.sealer.due(partition: partition, limit: Self.limit)
        let stillDue = Set(due.map(\.ranking))
        sealed = sealed.filter { stillDue.contains($0.key) }
        let catalogue = try await catalogue(for: due, current)
        var calendars: [String: BoardCalendar] = [:]
        var toArchive: [(due: DueRanking, board: Board, period: Period)] = []
        for due in due {
            let id = due.ranking.board
            let calendar = calendars[id] ?? catalogue.boards[id].map { BoardCalendar($0) }
            calendars[id] = calendar
            // A full catalogue names only the first of the boards that it leaves out.
            let isLeftOut =
                catalogue.boards.count >= Catalogue.boardsMax || catalogue.leftOut.contains { $0.id == id }
            do {
                switch DueStep(due, calendar: calendar, isLeftOut: isLeftOut, now: now()) {
                case .reschedule(let cut):
                    try await stores.sealer.reschedule(
                        due.ranking, partition: partition, from: due.cut, cut: cut)
                case .drop:
                    try await stores.sealer.drop(
                        due.ranking, partition: partition, if: .due(cut: due.cut), keepingTop: 0)
                case .seal(let board, let period):
                    if try await seal(due, board, period) { toArchive.append((due, board, period)) }
                }
            } catch {
                note(error)
            }
        }
        var unfinished: [DueRanking] = []
        for (due, board, period) in toArchive {
            do {
                if try await !archive(due, board, period) { unfinished.append(due) }
            } catch {
                unfinished.append(due)
                note(error)
            }
        }
        let late = unfinished.count { $0.cut + PeriodMetrics.overdueMilliseconds < now() }
        metrics.record(overdue: late, partition: partition)
        do { try await prune(catalogue, except: Set(unfinished.map(\.ranking.board))) } catch { note(error) }
        if let first { throw first }
    }

    /// Reads the catalogue again if a board is missing in it, or a season ends. The one in memory may lag by a second,
    /// and neither a new board nor a season that was made longer may be lost to that.
    private func catalogue(for due: [DueRanking], _ current: Catalogue) async throws(StoreError) -> Catalogue {
        let isInDoubt = due.contains { due in
            guard sealed[due.ranking] == nil else { return false }
            guard let board = current.boards[due.ranking.board] else { return true }
            return board.window(due.ranking.window)?.hasOnePeriod ?? true
        }
        guard isInDoubt else { return current }
        try await stores.catalogue.reload()
        return stores.catalogue.current ?? current
    }

    /// Tells the store which cuts are earlier now. In the first round all boards count as changed, since they may have
    /// changed while no persister ran.
    private mutating func followCuts(_ boards: BoardList) async throws(StoreError) {
        if known?.revision != boards.revision {
            for (id, board) in boards.boards
            where board.windows.contains(where: { $0.kind != .all }) && known?.boards[id] != board
                && stores.partitioning.partition(of: board) == partition
            {
                changed[id] = Self.changedRounds
            }
            known = boards
        }
        guard !changed.isEmpty else { return }
        var waiting: [DueRanking] = []
        while waiting.count < Self.waitingMax {
            let page = try await stores.sealer.waiting(partition: partition, offset: waiting.count, limit: Self.limit)
            waiting += page
            if page.count < Self.limit { break }
        }
        let cuts = Dictionary(waiting.map { ($0.ranking, $0.cut) }, uniquingKeysWith: { $1 })
        for moved in MovedCuts.found(among: waiting, boards: boards.boards.filter { changed[$0.key] != nil }) {
            try await stores.sealer.reschedule(
                moved.ranking, partition: partition, from: cuts[moved.ranking], cut: moved.cut)
        }
        changed = changed.compactMapValues { $0 > 1 ? $0 - 1 : nil }
    }

    /// Returns whether the ranking is sealed and has something to archive.
    private mutating func seal(_ due: DueRanking, _ board: Board, _ period: Period) async throws(StoreError) -> Bool {
        guard sealed[due.ranking] == nil else { return true }
        let end = period.endsAt ?? due.cut
        let outcome = try await stores.sealer.seal(due.ranking, board: board, endsAt: end)
        guard case .sealed(let seq) = outcome else { return false }
        sealed[due.ranking] = seq
        metrics.recordSealed()
        return true
    }

    /// Returns false if the ledger does not have the seal yet.
    private mutating func archive(
        _ due: DueRanking, _ board: Board, _ period: Period
    ) async throws(StoreError) -> Bool {
        guard try await stores.archive.archive(due.ranking, board: board, period: period) else { return false }
        // A season has no next period, so its watchers go on to see its end.
        let keepsTop = board.window(due.ranking.window)?.hasOnePeriod ?? false
        // It is sealed again in the next round, if this was not its event.
        let seq = sealed.removeValue(forKey: due.ranking)
        try await stores.sealer.drop(
            due.ranking, partition: partition, if: seq.map { .sealed(seq: $0) }, keepingTop: keepsTop ? board.top : 0)
        toPrune.insert(board.id)
        metrics.recordArchived(after: now() - due.cut)
        return true
    }

    /// Deletes archives that are too old. A board with an unfinished ranking has to wait: that ranking's archive must
    /// not go before the ranking is dropped.
    private mutating func prune(_ catalogue: Catalogue, except unfinished: Set<String>) async throws(StoreError) {
        for id in toPrune.subtracting(unfinished) {
            if let board = catalogue.boards[id] {
                guard try await stores.archive.prune(board: board) else { continue }
            }
            toPrune.remove(id)
        }
    }
}
