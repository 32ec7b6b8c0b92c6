import Leaderboard

/// The stored rates.
package protocol RateStore: Sendable {
    /// The rate of a type or a job; nil if there is none.
    func rate(_ kind: RateKind, _ name: String) async throws(StoreError) -> Rate?
    /// Rates in the order of their names.
    func rates(_ kind: RateKind, after: String?, limit: Int) async throws(StoreError) -> [NamedRate]
    /// Adds or replaces a rate. It holds for completions after it.
    ///
    /// - Returns: whether it is new.
    func put(_ rate: NamedRate, _ kind: RateKind) async throws(StoreError) -> Bool
    /// Deletes a rate.
    ///
    /// - Returns: whether it was there.
    func delete(_ kind: RateKind, _ name: String) async throws(StoreError) -> Bool
}
