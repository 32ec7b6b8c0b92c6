/// The catalogue of the moment, as API nodes keep it in memory.
public protocol CatalogueSource: Sendable {
    /// The catalogue; nil before it was first loaded. Answers from memory.
    var current: Catalogue? { get }
    /// Loads it now, so that a change made through this node holds on it at once.
    func reload() async throws(StoreError)
    /// Is told that a change or a reading for an administrator failed.
    func recordFailure(_ error: StoreError)
}
