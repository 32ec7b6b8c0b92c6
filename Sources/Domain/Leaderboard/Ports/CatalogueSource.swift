/// The current catalogue, as API nodes keep it in memory.
public protocol CatalogueSource: Sendable {
    /// The catalogue; nil if it has not been loaded yet. Answers from memory.
    var current: Catalogue? { get }
    /// Loads the catalogue now, so that a change made through this node takes effect on it at once.
    func reload() async throws(StoreError)
    /// Records that an administrator's change or read failed.
    func recordFailure(_ error: StoreError)
}
