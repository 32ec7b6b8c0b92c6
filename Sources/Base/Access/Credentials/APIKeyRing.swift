import Signing

/// The API keys of the deployment, by their hashes. Pure.
package struct APIKeyRing {
    /// The largest number of keys. Stops a table from filling the memory of every node. More cannot be made; of a list
    /// that has more, the others are not accepted.
    package static let countMax = 1_000

    private var claims: [APIKeyHash: Claims] = [:]

    /// - Parameter keys: those that are not revoked.
    package init(_ keys: some Sequence<APIKeyRecord> = []) {
        for key in keys.prefix(Self.countMax) { claims[key.hash] = key.claims }
    }

    /// The number of keys, expired ones included.
    package var count: Int { claims.count }

    /// The claims of a key's bearer; nil if there is no such key, or not any more.
    ///
    /// - Parameter now: ms since 1970.
    package func claims(of hash: APIKeyHash, now: Int64) -> Claims? {
        guard let found = claims[hash], now < found.expiresAt else { return nil }
        return found
    }
}
