import Leaderboard
import Signing

/// The stored API keys. The texts of keys are not stored, only their hashes.
package protocol APIKeyStore: Sendable {
    /// Adds a key, unless there are ``APIKey/liveMax`` that are live.
    ///
    /// - Parameter hash: the SHA-256 of the key's text.
    /// - Returns: the key as it was stored; nil if there are too many.
    func add(_ key: APIKey, hash: APIKeyHash) async throws(StoreError) -> APIKey?
    /// Keys that are not revoked, in the order of their ids.
    ///
    /// - Parameters:
    ///   - after: those after this id; nil for the first.
    ///   - limit: the most keys.
    func keys(after: String?, limit: Int) async throws(StoreError) -> [APIKey]
    /// Revokes a key. Returns false if there is no such key, or it is revoked already.
    func revoke(_ id: String) async throws(StoreError) -> Bool
}
