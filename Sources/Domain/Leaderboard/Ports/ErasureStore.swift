/// The deletions of users that are in progress, and what they do to the ledger and the archives.
public protocol ErasureStore: Sendable {
    /// Begins the deletion of a user: removes the account and all that belongs to it. If one is in progress, it begins
    /// again.
    ///
    /// - Parameter patience: how long persisters leave it to the caller to take the scores off, in ms.
    func begin(_ userID: String, patience: Int64) async throws(StoreError) -> Erasure
    /// Hands a deletion to the persisters.
    func handOver(_ erasure: Erasure) async throws(StoreError)
    /// Takes the lease under which one node works on deletions, or keeps it. Returns false if another one holds it.
    func acquireLease() async throws(StoreError) -> Bool
    /// Deletions that have something to do, the oldest first. Those in the state `signatures` come when the action ids
    /// have expired.
    ///
    /// - Parameter lifetime: how long receipts are kept after the issue of an action id, in ms.
    func due(lifetime: Int64, limit: Int) async throws(StoreError) -> [Erasure]
    /// The number of deletions in progress, and the age of the oldest in seconds.
    func backlog() async throws(StoreError) -> (count: Int64, oldestSeconds: Double)

    /// Where the user's life ended on the boards, as far as this request has come.
    func boards(of erasure: Erasure) async throws(StoreError) -> [BoardErasure]
    /// The boards that have rows of the user in the ledger, out of these.
    func boardsWithRows(of erasure: Erasure, among boards: [String]) async throws(StoreError) -> Set<String>
    /// Records where the user's life ended. A board that has been recorded keeps its event if there was nothing to
    /// remove now.
    func record(_ boards: [BoardErasure], of erasure: Erasure) async throws(StoreError)
    /// The boards among those recorded for which the ledger agrees: it has the event, or no row of the user before.
    func written(_ boards: [BoardErasure], of erasure: Erasure) async throws(StoreError) -> Set<String>
    /// Forgets boards that were recorded, so that they are erased again.
    func forget(_ boards: [String], of erasure: Erasure) async throws(StoreError)
    /// Moves on to a state, unless the user was deleted again. Returns false then.
    func advance(_ erasure: Erasure, to state: Erasure.State) async throws(StoreError) -> Bool

    /// Renames the user in the ledger, the archives and all else, up to where the user's life ended.
    ///
    /// - Returns: false if something has to be waited for, such as a period that is sealed and not archived.
    func rename(_ erasure: Erasure) async throws(StoreError) -> Bool
    /// Removes the nonces and signatures of the pseudonym's rows that are older than the lifetime of receipts, in ms.
    /// Returns false if some are left.
    func strip(_ erasure: Erasure, lifetime: Int64) async throws(StoreError) -> Bool
    /// Ends the deletion, and forgets the user. Returns false if the user was deleted again.
    func finish(_ erasure: Erasure) async throws(StoreError) -> Bool
}
