/// Takes the scores of a deleted user off boards, and records where the user's life ended on each.
public struct ErasurePass: Sendable {
    private let store: any ErasureStore
    private let hub: any ErasureHub

    /// How long calls may take after it was known that this node works on the deletion, in ms. A call that comes later
    /// does nothing, since it could remove the scores of somebody who has begun again.
    private static let patienceMilliseconds: Int64 = 5000
    /// How long persisters leave a deletion to the node that took the request, in ms: a little longer than its calls
    /// may take.
    public static let handOverMilliseconds: Int64 = 8000

    /// Creates a pass over these stores.
    public init(store: any ErasureStore, hub: any ErasureHub) {
        self.store = store
        self.hub = hub
    }

    /// Takes the scores off. Boards that fail stay out of the record, so that they are tried again.
    ///
    /// - Parameter isHolder: whether this node still works on the deletion, asked before each board; nil for the node
    ///   that took the request, which has the time of one call for all boards.
    /// - Throws: the first failure, after all boards were tried; `closed` only if there is no other one.
    public func run(
        _ erasure: Erasure, boards: [Board], isHolder: (@Sendable () async throws(StoreError) -> Bool)? = nil
    ) async throws(StoreError) {
        guard !boards.isEmpty else { return }
        var deadline = try await hub.now() + Self.patienceMilliseconds
        let known = try await store.boardsWithRows(of: erasure, among: boards.map(\.id))
        var failure: StoreError?
        for board in boards {
            do throws(StoreError) {
                if let isHolder {
                    deadline = try await hub.now() + Self.patienceMilliseconds
                    guard try await isHolder() else {
                        throw StoreError(.conflict, "another node works on the deletions of users")
                    }
                }
                let end = try await hub.erase(
                    erasure, from: board, writesEvent: known.contains(board.id), before: deadline)
                try await store.record([end], of: erasure)
            } catch {
                // That a partition is closed says the least.
                if failure == nil || failure?.kind == .closed { failure = error }
            }
        }
        if let failure { throw failure }
    }
}
