/// Where the keys that verify tokens come from (`SCORECAST_JWT_JWKS`).
public enum KeySetLocation: Hashable, Sendable {
    /// A file that holds a JWKS (RFC 7517 section 5).
    case file(path: String)
    /// An `https` URL that serves one.
    case url(String)
}
