/// The catalogue as administrators change it.
public protocol CatalogueStore: Sendable {
    /// The whole catalogue, read in one step.
    func load() async throws(StoreError) -> Catalogue
    /// The revision of the catalogue, to see cheaply whether it changed.
    func revision() async throws(StoreError) -> Int64
    /// Adds or replaces an action. True where it is new.
    func put(_ action: Action) async throws(StoreError) -> Bool
    /// Removes an action. False where there was none.
    func deleteAction(id: String) async throws(StoreError) -> Bool
}
