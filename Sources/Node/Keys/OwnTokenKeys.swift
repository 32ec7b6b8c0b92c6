import Settings
import Signing

/// The deployment's own keys of tokens, as a configuration has them: the token keys, and the secret.
public struct OwnTokenKeys: Sendable {
    /// The keys that verify tokens.
    public let verifying: [TokenKey]
    /// The key that signs tokens: the first token key if it is private, or the secret if there are no token keys. Nil
    /// if this node only verifies.
    public let signing: TokenKey?
    /// The public halves, for whoever wants to verify.
    public let document: JWKSDocument

    /// Prepares the keys.
    ///
    /// - Throws: `TokenKeyError`, which shows no key.
    public init(_ configuration: NodeConfiguration) async throws(TokenKeyError) {
        var keys: [TokenKey] = []
        for key in configuration.tokenKeys { keys.append(try await key.tokenKey) }
        var secret: TokenKey?
        if let text = configuration.jwtSecret {
            secret = try await TokenKey.hs256(secret: Array(text.reveal().utf8))
        }
        verifying = keys + (secret.map { [$0] } ?? [])
        signing = configuration.canSignTokens ? keys.first ?? secret : nil
        document = JWKSDocument(configuration.tokenKeys)
    }
}
