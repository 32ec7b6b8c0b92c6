/// What a token is worth.
public enum TokenVerdict: Sendable, Equatable {
    /// A valid one.
    case good(TokenTerm)
    /// It is not to be believed, or is over.
    case refused
    /// It names a key that is not there, or not yet: the keys are being fetched.
    case unknownKey
    /// There are no keys yet.
    case unavailable
}
