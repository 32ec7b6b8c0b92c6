/// A verifier with its own cache, for one event loop. Not thread-safe, as its cache is not.
///
/// It gives the answer that the verifier alone would give: a token that was once found good stays good until its `exp`
/// and the leeway have passed, or the keys change.
public final class CachedTokenVerifier {
    /// Checks what the cache does not hold. To rotate keys, set a verifier with another generation: the next token
    /// empties the cache.
    public var verifier: TokenVerifier

    /// The tokens that were found good.
    public let cache: TokenCache

    /// A verifier with a cache.
    public init(verifier: TokenVerifier, cache: TokenCache = TokenCache()) {
        self.verifier = verifier
        self.cache = cache
    }

    /// Checks a token, straight from the bytes of a header field.
    ///
    /// - Parameters:
    ///   - token: the three parts, without `Bearer`.
    ///   - now: milliseconds since 1970.
    /// - Throws: ``TokenError``, whose reason is not for the client. Refusals are not kept.
    public func verify(_ token: UnsafeRawBufferPointer, now: Int64) throws(TokenError) -> Claims {
        // Nothing longer is ever kept, and a hash over it would be work for nothing.
        guard token.count <= TokenVerifier.maxBytes else { throw .tooLarge }
        if let claims = cache.find(token, generation: verifier.generation, now: now) { return claims }
        let claims = try verifier.verify(token, now: now)
        let end = verifier.end(of: claims.expiresAt)
        cache.insert(token, claims: claims, end: end, generation: verifier.generation)
        return claims
    }

    /// The same, for strings.
    public func verify(_ token: some StringProtocol, now: Int64) throws(TokenError) -> Claims {
        try token.withBytes { bytes throws(TokenError) in try verify(bytes, now: now) }
    }
}
