import Basics
import Leaderboard
import Logging
import NIOConcurrencyHelpers

/// Makes the forms of boards in the catalogue of this node, and their stamps in Redis, agree again.
///
/// If the catalogue of this node lags, it is loaded again. If Redis has a newer form than the stored catalogue, a node
/// died between the two steps of an administrator's change. Then the board of the catalogue gets a new stamp.
package final class FormRepair: Sendable {
    private struct State {
        /// Whether loads of the catalogue are in progress.
        var isLoading = false
        /// The callers that wait for the next load. The load in progress may have read before they came. Each is an
        /// update that was not answered yet, so there are no more than the listener lets in.
        var waiting: [@Sendable () -> Void] = []
        /// The boards whose repair is in progress.
        var suspects: Set<String> = []
        /// How often the repair of a board failed because its scores do not fit the form.
        var failures: [String: Int] = [:]
    }

    private let catalogue: any CatalogueSource
    private let store: any CatalogueStore
    private let boards: any BoardStore
    private let pause: @Sendable (Duration) async -> Void
    private let logger: Logger
    private let state = NIOLockedValueBox(State())

    /// The wait before a repair. The first one is the longest time that a change takes from the stamp in Redis to the
    /// catalogue. Each repair makes all nodes load the catalogue, so it becomes rare for a board that needs a reset.
    private static let repairs = Backoff(base: .seconds(2), cap: .seconds(60), jitter: .equal, least: .seconds(2))
    /// The wait between loads that follow each other without a break. Stops updates of one board from keeping the
    /// database busy.
    private static let loads = Backoff(base: .milliseconds(20), cap: .milliseconds(250), jitter: .equal)

    /// - Parameters:
    ///   - catalogue: the catalogue of this node.
    ///   - store: the stored catalogue.
    ///   - boards: has the stamps.
    ///   - pause: waits for some time.
    package init(
        catalogue: any CatalogueSource, store: any CatalogueStore, boards: any BoardStore, logger: Logger,
        pause: @escaping @Sendable (Duration) async -> Void = { try? await Task.sleep(for: $0) }
    ) {
        self.catalogue = catalogue
        self.store = store
        self.boards = boards
        self.logger = logger
        self.pause = pause
    }

    // MARK: The catalogue

    /// Loads the catalogue, and then calls `completion` on any thread, also if the load failed. Callers that wait at
    /// the same time share one load.
    package func reload(_ completion: @escaping @Sendable () -> Void) {
        let begins = state.withLockedValue { state in
            state.waiting.append(completion)
            defer { state.isLoading = true }
            return !state.isLoading
        }
        if begins { Task { await loadUntilNobodyWaits() } }
    }

    private func loadUntilNobodyWaits() async {
        var count = 0
        while isAwaited() {
            if count > 0 { await pause(Self.loads.wait(failures: count)) }
            count += 1
            let callers = state.withLockedValue { state in
                defer { state.waiting = [] }
                return state.waiting
            }
            do throws(StoreError) { try await catalogue.reload() } catch { catalogue.recordFailure(error) }
            for caller in callers { caller() }
        }
    }

    private func isAwaited() -> Bool {
        state.withLockedValue { state in
            state.isLoading = !state.waiting.isEmpty
            return state.isLoading
        }
    }

    // MARK: The stamp

    /// Notes that the form of a board in Redis is not the one of the catalogue, though the catalogue was just loaded.
    /// If it stays so, the board is stamped again. One repair of each board runs at a time.
    package func suspect(_ board: Board) {
        let failures: Int? = state.withLockedValue { state in
            state.suspects.insert(board.id).inserted ? state.failures[board.id, default: 0] : nil
        }
        guard let failures else { return }
        Task {
            await pause(Self.repairs.wait(failures: failures + 1))
            let needsReset = await repair(board)
            state.withLockedValue { state in
                state.suspects.remove(board.id)
                state.failures[board.id] = needsReset ? failures + 1 : nil
            }
        }
    }

    /// Stamps a board again, unless its form in the catalogue has changed.
    ///
    /// - Returns: whether it has scores that do not fit its form, which only a reset can end.
    private func repair(_ suspected: Board) async -> Bool {
        do throws(StoreError) {
            guard let board = try await store.load().boards[suspected.id], board.generation <= suspected.generation
            else {
                try await catalogue.reload()
                return false
            }
            try await store.renewGeneration(of: board)
            guard let renewed = try await store.load().boards[board.id], renewed.generation > board.generation else {
                return false
            }
            let isStamped = try await boards.stamp(renewed, from: nil, emptying: false)
            try await catalogue.reload()
            if isStamped {
                logger.notice(
                    "A board whose change was interrupted takes updates again", metadata: ["board": "\(board.id)"])
            } else {
                logger.error(
                    "The scores of a board do not fit its form, and it takes no updates: reset it",
                    metadata: ["board": "\(board.id)"])
            }
            return !isStamped
        } catch {
            catalogue.recordFailure(error)
            return false
        }
    }
}
