import Leaderboard
import NIOConcurrencyHelpers

/// All stores of the API in memory: plain, and without limits, ties or ledger. They can be away, and log each change.
final class FakeStores: Sendable {
    /// What the stores hold.
    struct State {
        var catalogue = Catalogue()
        /// The catalogue as the node knows it.
        var known: Catalogue? = Catalogue()
        var generation: Int64 = 0
        var stamps: [String: Int64] = [:]
        var scores: [Ranking: [String: Int64]] = [:]
        var archived: [Ranking: [String: Int64]] = [:]
        var now: Int64 = 0
        var isAway = false
        /// Only the archive is away.
        var isArchiveAway = false
        /// Changes of the catalogue by other administrators, one before each of the next changes.
        var races: [@Sendable (inout State) -> Void] = []
        /// Outcomes of the next updates; then `applied`.
        var outcomes: [ApplyOutcome] = []
        var updates: [ScoreUpdate] = []
        var found: FoundReceipt?
        var receiptQuestions = 0
        /// Whether reads wait for `release`.
        var holdsReads = false
        var heldReads: [@Sendable () -> Void] = []
        var reads = 0
        var outboxes = OutboxSize(bytes: 0, memoryBytesMax: nil)
        /// Changes, in words.
        var log: [String] = []
    }

    let state: NIOLockedValueBox<State>

    init(_ change: (inout State) -> Void = { _ in }) {
        var state = State()
        change(&state)
        self.state = NIOLockedValueBox(state)
    }

    /// Puts boards and actions in force.
    convenience init(boards: [Board], actions: [Action] = [], now: Int64 = 0) {
        self.init { state in
            state.catalogue = Catalogue(
                actions: Dictionary(uniqueKeysWithValues: actions.map { ($0.id, $0) }),
                boards: Dictionary(uniqueKeysWithValues: boards.map { ($0.id, $0) }), revision: 1)
            state.known = state.catalogue
            state.generation = boards.map(\.generation).max() ?? 0
            for board in boards { state.stamps[board.id] = board.generation }
            state.now = now
        }
    }

    static let away = StoreError(.unavailable, "away")

    func change(_ body: (inout State) -> Void) { state.withLockedValue { body(&$0) } }
    func value<Value>(_ body: (State) -> Value) -> Value { state.withLockedValue { body($0) } }

    /// Runs `body` unless the stores are away.
    func here<Value>(_ body: (inout State) throws(StoreError) -> Value) throws(StoreError) -> Value {
        let result: Result<Value, StoreError> = state.withLockedValue { state in
            guard !state.isAway else { return .failure(Self.away) }
            return Result { () throws(StoreError) in try body(&state) }
        }
        return try result.get()
    }

    /// Answers the reads that are held.
    func release() {
        let held = state.withLockedValue { state in
            defer { state.heldReads = [] }
            return state.heldReads
        }
        for read in held { read() }
    }
}

extension FakeStores: OutboxMeter {
    func measure() async throws(StoreError) -> OutboxSize { try here { state throws(StoreError) in state.outboxes } }
}

extension FakeStores: CatalogueSource {
    var current: Catalogue? { value { $0.known } }
    func reload() async throws(StoreError) {
        try here { state throws(StoreError) in
            state.known = state.catalogue
            state.log.append("reload")
        }
    }
    func recordFailure(_ error: StoreError) {}
}

extension FakeStores: CatalogueStore {
    func load() async throws(StoreError) -> Catalogue { try here { state throws(StoreError) in state.catalogue } }
    func revision() async throws(StoreError) -> Int64 {
        try here { state throws(StoreError) in state.catalogue.revision }
    }
    func put(_ action: Action) async throws(StoreError) -> Bool {
        try here { state throws(StoreError) in
            state.catalogue.revision += 1
            state.log.append("put action \(action.id)")
            return state.catalogue.actions.updateValue(action, forKey: action.id) == nil
        }
    }
    func deleteAction(id: String) async throws(StoreError) -> Bool {
        try here { state throws(StoreError) in
            state.log.append("delete action \(id)")
            return state.catalogue.actions.removeValue(forKey: id) != nil
        }
    }
    func put(_ board: Board, ifRevision revision: Int64) async throws(StoreError) -> Bool {
        try here { state throws(StoreError) in
            if !state.races.isEmpty { state.races.removeFirst()(&state) }
            guard state.catalogue.revision == revision else { return false }
            state.catalogue.boards[board.id] = board
            state.catalogue.revision += 1
            state.log.append("put \(board.id)")
            return true
        }
    }
    func deleteBoard(id: String, ifRevision revision: Int64) async throws(StoreError) -> Bool {
        try here { state throws(StoreError) in
            if !state.races.isEmpty { state.races.removeFirst()(&state) }
            guard state.catalogue.revision == revision else { return false }
            state.catalogue.boards[id] = nil
            state.catalogue.revision += 1
            state.log.append("delete \(id)")
            return true
        }
    }
    func nextGeneration() async throws(StoreError) -> Int64 {
        try here { state throws(StoreError) in
            state.generation += 1
            return state.generation
        }
    }
    func renewGeneration(of board: Board) async throws(StoreError) {
        try here { state throws(StoreError) in
            guard state.catalogue.boards[board.id]?.generation == board.generation else { return }
            state.generation += 1
            state.catalogue.boards[board.id]?.generation = state.generation
            state.catalogue.revision += 1
            state.log.append("renew \(board.id)")
        }
    }
}

extension FakeStores: BoardStore {
    func stamp(_ board: Board, from old: Board?, emptying: Bool) async throws(StoreError) -> Bool {
        try here { state throws(StoreError) in
            let rankings = state.scores.keys.filter { $0.board == board.id && state.scores[$0]?.isEmpty == false }
            guard emptying || rankings.isEmpty else { return false }
            for ranking in rankings { state.scores[ranking] = nil }
            state.stamps[board.id] = board.generation
            state.log.append(
                "stamp \(board.id)\(old == nil ? "" : " from \(old?.group ?? "")")\(emptying ? " empty" : "")")
            return true
        }
    }
    func reset(_ board: Board, windows: [Window]) async throws(StoreError) {
        try here { state throws(StoreError) in
            for window in windows {
                for ranking in state.scores.keys where ranking.board == board.id && ranking.window == window.name {
                    state.scores[ranking] = nil
                }
            }
            state.log.append("reset \(board.id) \(windows.map(\.name).joined(separator: ","))")
        }
    }
    func deleteUser(_ userID: String, of board: Board) async throws(StoreError) -> Bool {
        try here { state throws(StoreError) in
            var isThere = false
            for ranking in state.scores.keys where ranking.board == board.id {
                if state.scores[ranking]?.removeValue(forKey: userID) != nil { isThere = true }
            }
            if isThere { state.log.append("delete user \(userID) of \(board.id)") }
            return isThere
        }
    }
    func counts(_ board: Board, window: Window, periods: [Period]) async throws(StoreError) -> [Int64] {
        try here { state throws(StoreError) in
            periods.map { period in
                Int64(
                    state.scores[Ranking(board: board.id, window: window.name, period: period.name)]?.count ?? 0)
            }
        }
    }
    func now() async throws(StoreError) -> Int64 { try here { state throws(StoreError) in state.now } }
    func turn(_ board: Board, window: Window, to period: Period) async throws(StoreError) -> Int64 {
        try here { state throws(StoreError) in state.now }
    }
}

extension FakeStores: UserDeletion {
    func delete(_ userID: String, from boards: [Board]) async throws(StoreError) -> String {
        try here { state throws(StoreError) in
            for ranking in state.scores.keys where boards.contains(where: { $0.id == ranking.board }) {
                state.scores[ranking]?.removeValue(forKey: userID)
            }
            state.log.append("delete user \(userID)")
            return "deleted_"
        }
    }
}

extension FakeStores: ScoreWriter {
    func apply(_ update: ScoreUpdate, completion: @escaping @Sendable (Result<ApplyOutcome, StoreError>) -> Void) {
        completion(
            Result { () throws(StoreError) in
                try here { state throws(StoreError) in
                    state.updates.append(update)
                    if !state.outcomes.isEmpty { return state.outcomes.removeFirst() }
                    for board in update.targets.boards where state.stamps[board.id] ?? 0 != board.generation {
                        return .formChanged(board: board.id)
                    }
                    for target in update.targets.targets {
                        state.scores[target.ranking, default: [:]][update.userID, default: 0] += update.amount
                    }
                    let first = update.targets.targets[0].ranking
                    return .applied(Receipt(score: state.scores[first]?[update.userID] ?? 0, rank: 1))
                }
            })
    }

    func receipt(for query: ReceiptQuery, completion: @escaping @Sendable (Result<FoundReceipt?, StoreError>) -> Void) {
        completion(
            Result { () throws(StoreError) in
                try here { state throws(StoreError) in
                    state.receiptQuestions += 1
                    return state.found
                }
            })
    }
}

extension FakeStores: SuspicionStore {
    func add(_ summaries: [SuspicionSummary]) async throws(StoreError) {}
}
