import Crypto

/// A request with an `Idempotency-Key`, as the store knows it.
package struct IdempotentRequest: Sendable, Equatable {
    /// The subject of the token: keys of different users are different keys.
    package let user: String
    /// The key.
    package let key: String
    /// SHA-256 of the method, the path with the query, and the body.
    package let fingerprint: [UInt8]

    /// Gathers the parts.
    package init(user: String, key: IdempotencyKey, method: String, uri: String, body: some Collection<UInt8>) {
        self.user = user
        self.key = key.text
        var hash = SHA256()
        // A method and a target hold no line break, so no two requests have the same text.
        hash.update(data: Array("\(method)\n\(uri)\n".utf8))
        hash.update(data: Array(body))
        fingerprint = Array(hash.finalize())
    }
}
