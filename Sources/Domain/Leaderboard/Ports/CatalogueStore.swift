/// The stored catalogue, which administrators change.
public protocol CatalogueStore: Sendable {
    /// Loads the whole catalogue, read in one step.
    func load() async throws(StoreError) -> Catalogue
    /// Returns the catalogue's revision. This is a cheap way to see whether the catalogue changed.
    func revision() async throws(StoreError) -> Int64
    /// Adds or replaces an action. Returns true if the action is new.
    func put(_ action: Action) async throws(StoreError) -> Bool
    /// Removes an action. Returns false if there was none.
    func deleteAction(id: String) async throws(StoreError) -> Bool
    /// Adds or replaces a board, unless the catalogue has changed since it was read.
    ///
    /// - Parameter revision: the catalogue's revision when the change was decided.
    /// - Returns: false if the catalogue has changed, and nothing was stored.
    func put(_ board: Board, ifRevision revision: Int64) async throws(StoreError) -> Bool
    /// Removes a board, unless the catalogue has changed since it was read. Returns false if it has.
    func deleteBoard(id: String, ifRevision revision: Int64) async throws(StoreError) -> Bool
    /// A number for the generation of a board, greater than all before.
    func nextGeneration() async throws(StoreError) -> Int64
    /// Gives a board another generation, greater than all before, if it still has the one that the caller has seen.
    func renewGeneration(of board: Board) async throws(StoreError)
}
