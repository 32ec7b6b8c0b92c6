/// Deletes users: begins the deletion, takes the scores off, and leaves the rest to the persisters.
public struct PromptErasure: UserDeletion {
    private let store: any ErasureStore
    private let pass: ErasurePass

    /// Deletes users in these stores.
    public init(store: any ErasureStore, hub: any ErasureHub) {
        self.store = store
        pass = ErasurePass(store: store, hub: hub)
    }

    /// See `UserDeletion`. Fails only if the deletion could not be begun.
    public func delete(_ userID: String, from boards: [Board]) async throws(StoreError) -> String {
        let erasure = try await store.begin(userID, patience: ErasurePass.handOverMilliseconds)
        do throws(StoreError) {
            try await pass.run(erasure, boards: boards)
            try await store.handOver(erasure)
        } catch {
            // Persisters go on after some seconds: calls of this pass may still be on their way.
        }
        return erasure.pseudonym
    }
}
