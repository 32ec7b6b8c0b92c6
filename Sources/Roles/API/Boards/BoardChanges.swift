import Basics
import HTTPKit
import Leaderboard

/// Carries out administrators' changes of boards, while traffic runs.
///
/// A change of the form is first stamped in Redis, so that no update of the old form counts any more. Then it is stored
/// in the catalogue, unless the catalogue has changed since it was read. If it has, the change is decided again.
struct BoardChanges: Sendable {
    let store: any CatalogueStore
    let catalogue: any CatalogueSource
    let boards: any BoardStore
    let forms: FormRepair
    let heads: HeadCache

    /// Tries of one change while others change the catalogue.
    private static let triesMax = 5
    private static let backoff = Backoff(base: .milliseconds(20), cap: .milliseconds(200))

    /// Adds or changes a board. Returns it, and whether it is new.
    func change(
        _ draft: BoardDraft, id: String, way: BoardChange.Way, resets: Bool
    ) async throws(APIError) -> (board: Board, isNew: Bool) {
        try await untilStored { catalogue throws(APIError) in
            let now = try await available { () throws(StoreError) in try await boards.now() }
            let change = try BoardChange(draft, id: id, way: way, resets: resets, in: catalogue, now: now)
            guard change.board != change.old else { return (change.board, false) }
            var board = change.board
            if change.hasOtherForm {
                board = try await stamp(board, from: change.old, emptying: change.isEmptied)
            }
            let stored = board
            let isStored = try await available { () throws(StoreError) in
                try await store.put(stored, ifRevision: catalogue.revision)
            }
            guard isStored else {
                // If the change is refused now, the stamp must not stay.
                if change.hasOtherForm, let old = change.old { forms.suspect(old) }
                return nil
            }
            await follow()
            heads.outdate(id)
            return (stored, change.old == nil)
        }
    }

    /// Gives a board a new generation, and stamps it.
    private func stamp(_ board: Board, from old: Board?, emptying: Bool) async throws(APIError) -> Board {
        var stamped = board
        stamped.generation = try await available { () throws(StoreError) in try await store.nextGeneration() }
        let new = stamped
        let isStamped = try await available { () throws(StoreError) in
            try await boards.stamp(new, from: old, emptying: emptying)
        }
        guard isStamped else {
            throw .boardInUse("The board has scores that this change would not fit. Reset it with ?reset=true.")
        }
        return stamped
    }

    /// Removes a board that no action names.
    ///
    /// The catalogue is first: if an action was added at the same time, the deletion fails and nothing is lost. If the
    /// rankings cannot be emptied after that, a later board of that name empties them.
    func delete(_ id: String) async throws(APIError) {
        let (board, generation) = try await untilStored { catalogue throws(APIError) in
            guard let board = catalogue.boards[id] else { throw .unknownBoard }
            if let action = catalogue.actions.values.filter({ $0.boards.contains(id) }).map(\.id).min() {
                throw .boardInUse("The action \(action) names the board.")
            }
            let generation = try await available { () throws(StoreError) in try await store.nextGeneration() }
            let isDeleted = try await available { () throws(StoreError) in
                try await store.deleteBoard(id: id, ifRevision: catalogue.revision)
            }
            return isDeleted ? (board, generation) : nil
        }
        await follow()
        heads.outdate(id)
        var emptied = board
        emptied.generation = generation
        do throws(StoreError) {
            _ = try await boards.stamp(emptied, from: nil, emptying: true)
        } catch {
            catalogue.recordFailure(error)
        }
    }

    /// Empties the current periods of one window, or of all.
    func reset(_ id: String, window name: String?) async throws(APIError) {
        let board = try await board(id)
        let windows = board.windows.filter { name == nil || $0.name == name }
        guard !windows.isEmpty else { throw .unknownWindow }
        try await available { () throws(StoreError) in try await boards.reset(board, windows: windows) }
        heads.outdate(id)
    }

    /// Deletes a user's scores in the current periods of all windows.
    func deleteUser(_ userID: String, of id: String) async throws(APIError) {
        let board = try await board(id)
        let hadScores = try await available { () throws(StoreError) in
            try await boards.deleteUser(userID, of: board)
        }
        heads.outdate(id)
        guard hadScores else { throw .unknownUser }
    }

    private func board(_ id: String) async throws(APIError) -> Board {
        let catalogue = try await available { () throws(StoreError) in try await store.load() }
        guard let board = catalogue.boards[id] else { throw .unknownBoard }
        return board
    }

    /// Runs `body` with the stored catalogue until it returns a value. Nil means that the catalogue has changed since.
    private func untilStored<Value>(
        _ body: (Catalogue) async throws(APIError) -> Value?
    ) async throws(APIError) -> Value {
        for failures in 1...Self.triesMax {
            let catalogue = try await available { () throws(StoreError) in try await store.load() }
            if let value = try await body(catalogue) { return value }
            try? await Task.sleep(for: Self.backoff.wait(failures: failures))
        }
        throw .unavailable
    }

    /// Loads the catalogue into this node now. If that fails, the node follows later, as all others do.
    private func follow() async {
        do throws(StoreError) { try await catalogue.reload() } catch { catalogue.recordFailure(error) }
    }

    private func available<Value: Sendable>(
        _ body: () async throws(StoreError) -> Value
    ) async throws(APIError) -> Value {
        do throws(StoreError) {
            return try await body()
        } catch {
            catalogue.recordFailure(error)
            throw .unavailable
        }
    }
}
