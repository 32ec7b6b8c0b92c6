import Signing

/// What one event loop checks tokens and API keys with.
final class LoopTokens {
    /// Nil while there are no keys of tokens.
    var verifier: CachedTokenVerifier?
    let credentials = LoopCredentials()

    init(_ verifier: TokenVerifier?) { self.verifier = verifier.map { CachedTokenVerifier(verifier: $0) } }
}
