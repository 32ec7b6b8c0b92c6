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
}
