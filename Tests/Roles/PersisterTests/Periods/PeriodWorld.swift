import Leaderboard
import NIOConcurrencyHelpers
import Persister

/// The stores of periods in memory, with a clock that the test sets. It can be killed after each of its steps.
final class PeriodWorld: PeriodSealer, PeriodTurner, Archive, CatalogueSource {
    /// The error that ends a life.
    struct Killed: Error {}

    struct State {
        var now: Int64
        /// How far the store's clock is ahead.
        var offset: Int64 = 0
        var boards: [String: Board] = [:]
        var leftOut: [LeftOutBoard] = []
        var revision: Int64 = 1
        /// The catalogue that nodes have in memory; nil for the stored one.
        var stale: Catalogue?
        /// The rankings in the store, with their cuts and numbers of entries.
        var open: [Ranking: (cut: Int64, entries: Int)] = [:]
        /// The `seal` events, in order.
        var seals: [Ranking] = []
        /// Whether the ledger has all events.
        var ledgerIsBehind = false
        var archived: [Ranking: Int] = [:]
        var pruned: Set<String> = []
        var drops: [Ranking: Int] = [:]
        var keptTops: [Ranking: Int] = [:]
        /// The turns that took effect, in order.
        var turns: [String: [(period: Period, at: Int64)]] = [:]
        /// The number of the step after which the world stops; nil for never.
        var stepsLeft: Int?
        var isDown = false
        var problems: [String] = []

        var storeNow: Int64 { now + offset }

        /// Called after each step: a process can be killed here.
        mutating func step() throws(StoreError) {
            guard let left = stepsLeft else { return }
            stepsLeft = left - 1
            if left == 1 {
                isDown = true
                throw StoreError(.unavailable, "killed")
            }
        }
    }

    let state: NIOLockedValueBox<State>
    let metrics = PeriodMetrics()

    init(now: Int64, boards: [Board]) {
        var state = State(now: now)
        state.boards = Dictionary(uniqueKeysWithValues: boards.map { ($0.id, $0) })
        self.state = NIOLockedValueBox(state)
    }

    var stores: PeriodStores {
        PeriodStores(sealer: self, turner: self, archive: self, catalogue: self, partitioning: Partitioning(count: 1))
    }

    /// What one node does for the only partition.
    func sealing() -> PartitionSealing {
        PartitionSealing(partition: 0, stores: stores, metrics: metrics) { [state] in
            state.withLockedValue { $0.now }
        }
    }

    /// What one node does for the only partition.
    func turning() -> PartitionTurning {
        PartitionTurning(partition: 0, stores: stores) { [state] in state.withLockedValue { $0.now } }
    }

    func edit<T>(_ body: (inout State) -> T) -> T { state.withLockedValue(body) }

    /// Counts an action that is issued now on all windows of a board. Returns its rankings.
    @discardableResult
    func act(_ id: String) -> [Ranking] {
        edit { state in
            guard let board = state.boards[id] else { return [] }
            return UpdateTargets(of: board, issuedAt: state.storeNow).targets.map { target in
                let entries = state.open[target.ranking]?.entries ?? 0
                state.open[target.ranking] = (target.cut ?? .max, entries + 1)
                return target.ranking
            }
        }
    }

    private func change<T>(_ body: (inout State) throws(StoreError) -> T) throws(StoreError) -> T {
        try state.withLockedValue { state in
            do throws(StoreError) {
                if state.isDown { throw StoreError(.unavailable, "down") }
                let value = try body(&state)
                try state.step()
                return Result<T, StoreError>.success(value)
            } catch {
                return .failure(error)
            }
        }.get()
    }

    // MARK: PeriodSealer

    func due(partition: Int, limit: Int) async throws(StoreError) -> [DueRanking] {
        try change { state throws(StoreError) in
            let due = state.open.filter { $0.value.cut <= state.storeNow }
                .map { DueRanking(ranking: $0.key, cut: $0.value.cut) }
            return Array(due.sorted { $0.cut < $1.cut }.prefix(limit))
        }
    }

    /// Counts as no step, since it changes nothing.
    func waiting(partition: Int, offset: Int, limit: Int) async throws(StoreError) -> [DueRanking] {
        let state = edit { $0 }
        if state.isDown { throw StoreError(.unavailable, "down") }
        let waiting = state.open.filter { $0.value.cut > state.storeNow && $0.value.cut < .max }
            .map { DueRanking(ranking: $0.key, cut: $0.value.cut) }
        return Array(waiting.sorted { ($0.cut, "\($0)") < ($1.cut, "\($1)") }.dropFirst(offset).prefix(limit))
    }

    func reschedule(_ ranking: Ranking, partition: Int, from found: Int64?, cut: Int64?) async throws(StoreError) {
        try change { state throws(StoreError) in
            guard let (before, entries) = state.open[ranking], found == nil || found == before else { return }
            state.open[ranking] = (cut ?? .max, entries)
        }
    }

    func seal(_ ranking: Ranking, board: Board, endsAt: Int64) async throws(StoreError) -> SealOutcome {
        try change { state throws(StoreError) in
            if endsAt + board.graceMilliseconds > state.storeNow {
                state.problems.append("\(ranking) sealed too early")
            }
            guard let entries = state.open[ranking]?.entries, entries > 0 else {
                state.open[ranking] = nil
                return .empty
            }
            if let index = state.seals.firstIndex(of: ranking) { return .sealed(seq: Int64(index + 1)) }
            state.seals.append(ranking)
            return .sealed(seq: Int64(state.seals.count))
        }
    }

    func drop(
        _ ranking: Ranking, partition: Int, if condition: DropCondition?, keepingTop: Int
    ) async throws(StoreError) {
        try change { state throws(StoreError) in
            switch condition {
            case .sealed(let seq)? where state.seals.firstIndex(of: ranking) != Int(seq) - 1: return
            case .due(let cut)? where state.open[ranking].map({ $0.cut != cut }) ?? false: return
            default: break
            }
            let isKnown = state.boards[ranking.board]?.window(ranking.window) != nil
            if isKnown, state.archived[ranking] == nil { state.problems.append("\(ranking) dropped too early") }
            if state.open.removeValue(forKey: ranking) != nil { state.drops[ranking, default: 0] += 1 }
            state.keptTops[ranking] = keepingTop
        }
    }

    // MARK: PeriodTurner

    func turn(_ board: Board, window: Window, to period: Period) async throws(StoreError) -> Int64 {
        try change { state throws(StoreError) in
            let key = "\(board.id) \(window.name)"
            let last = state.turns[key]?.last?.period.startsAt ?? .min
            if period.contains(state.storeNow), let start = period.startsAt, last < start {
                state.turns[key, default: []].append((period, state.storeNow))
            }
            return state.storeNow
        }
    }

    // MARK: Archive

    func archive(_ ranking: Ranking, board: Board, period: Period) async throws(StoreError) -> Bool {
        try change { state throws(StoreError) in
            guard state.seals.contains(ranking), !state.ledgerIsBehind else { return false }
            if state.archived[ranking] == nil { state.archived[ranking] = state.open[ranking]?.entries }
            return true
        }
    }

    func prune(board: Board) async throws(StoreError) -> Bool {
        try change { state throws(StoreError) in
            state.pruned.insert(board.id)
            return true
        }
    }

    func periods(board: String, window: String, names: [String]) async throws(StoreError) -> [ArchivedPeriod] { [] }

    func read(
        _ question: RankingQuestion, board: Board, window: Window, period: Period
    ) async throws(StoreError) -> RankingAnswer? { nil }

    // MARK: CatalogueSource

    var current: Catalogue? { edit { $0.stale ?? Self.catalogue($0) } }

    func reload() async throws(StoreError) {
        try change { state throws(StoreError) in state.stale = nil }
    }

    func recordFailure(_ error: StoreError) {}

    static func catalogue(_ state: State) -> Catalogue {
        Catalogue(boards: state.boards, leftOut: state.leftOut, revision: state.revision)
    }
}
