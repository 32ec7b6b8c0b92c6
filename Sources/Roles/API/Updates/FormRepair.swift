import Leaderboard
import Logging
import NIOConcurrencyHelpers

/// Brings the forms of boards that this node knows, and those that Redis knows, together again.
///
/// A node whose catalogue lags loads it again. If Redis has a newer form than the catalogue itself, the node of an
/// administrator died between the two steps of a change; then the board of the catalogue gets a new stamp.
final class FormRepair: Sendable {
    private struct State {
        /// Whether the catalogue is being loaded.
        var isLoading = false
        /// Those who wait for a load that has not begun yet. The one in progress may have read before they came.
        var waiting: [@Sendable () -> Void] = []
        /// The boards that are being looked at.
        var suspects: Set<String> = []
    }

    private let catalogue: any CatalogueSource
    private let store: any CatalogueStore
    private let boards: any BoardStore
    private let patience: Duration
    private let logger: Logger
    private let state = NIOLockedValueBox(State())

    /// How long a change takes at most from the stamp in Redis to the catalogue.
    static let patience = Duration.seconds(2)

    /// - Parameters:
    ///   - catalogue: the catalogue that this node knows.
    ///   - store: the stored catalogue.
    ///   - boards: has the stamps.
    ///   - patience: how long a board may have a newer form in Redis than in the catalogue.
    init(
        catalogue: any CatalogueSource, store: any CatalogueStore, boards: any BoardStore,
        patience: Duration = FormRepair.patience, logger: Logger
    ) {
        self.catalogue = catalogue
        self.store = store
        self.boards = boards
        self.patience = patience
        self.logger = logger
    }

    // MARK: The catalogue

    /// Loads the catalogue, and then calls `completion` on any thread, also if that failed. Callers that come together
    /// share one load.
    func reload(_ completion: @escaping @Sendable () -> Void) {
        let begins = state.withLockedValue { state in
            state.waiting.append(completion)
            defer { state.isLoading = true }
            return !state.isLoading
        }
        if begins { Task { await loadUntilNobodyWaits() } }
    }

    private func loadUntilNobodyWaits() async {
        while true {
            let group = state.withLockedValue { state in
                defer { state.waiting = [] }
                state.isLoading = !state.waiting.isEmpty
                return state.waiting
            }
            guard !group.isEmpty else { return }
            do throws(StoreError) { try await catalogue.reload() } catch { catalogue.recordFailure(error) }
            for completion in group { completion() }
        }
    }

    // MARK: The stamp

    /// Notes that Redis has another form of a board than the catalogue, though that was just loaded. If it stays so,
    /// the board is stamped again. One repair for each board runs at a time.
    func suspect(_ board: Board) {
        let isNew = state.withLockedValue { $0.suspects.insert(board.id).inserted }
        guard isNew else { return }
        Task {
            try? await Task.sleep(for: patience)
            await repair(board)
            state.withLockedValue { _ = $0.suspects.remove(board.id) }
        }
    }

    private func repair(_ suspected: Board) async {
        do throws(StoreError) {
            guard let board = try await store.load().boards[suspected.id], board.generation <= suspected.generation
            else {
                return try await catalogue.reload()
            }
            try await store.renewGeneration(of: board)
            guard let renewed = try await store.load().boards[board.id], renewed.generation > board.generation else {
                return
            }
            let isStamped = try await boards.stamp(renewed, from: nil, emptying: false)
            try await catalogue.reload()
            if isStamped {
                logger.notice(
                    "A board whose change was interrupted takes updates again", metadata: ["board": "\(board.id)"])
            } else {
                logger.error(
                    "A board has scores of another form than the catalogue; reset it",
                    metadata: ["board": "\(board.id)"])
            }
        } catch {
            catalogue.recordFailure(error)
        }
    }
}
