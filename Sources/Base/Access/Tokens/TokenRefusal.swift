import Signing

/// Why a token gives no claims; only the reasons that callers have to tell apart.
package enum TokenRefusal: Error, Equatable, Sendable {
    /// There are no keys yet to check it with.
    case noKeys
    /// It names a key that is not there, or not yet: the keys are being fetched.
    case unknownKey
    /// The node does not know at the moment whether its session has ended, or whether the API key is one.
    case notKnown
    /// It is not valid, or not any more.
    case invalid
    /// It is valid, but its bearer may not do this.
    case forbidden

    init(_ error: TokenError) { self = error == .unknownKey ? .unknownKey : .invalid }

    init(_ refusal: LoopCredentials.Refusal) { self = refusal == .notKnown ? .notKnown : .invalid }
}
