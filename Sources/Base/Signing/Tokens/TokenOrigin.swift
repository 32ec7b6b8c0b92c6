/// Whose key verified a token. It decides what the token may say.
enum TokenOrigin: Equatable, Sendable {
    /// A key of the deployment's own: the secret, or one of `SCORECAST_TOKEN_KEYS`. Its tokens may narrow the scopes,
    /// and those of our own issuer may name a session.
    case own
    /// A key of somebody else's key set: an identity provider. Its `scope` and `sid` mean something else.
    case foreign
}
