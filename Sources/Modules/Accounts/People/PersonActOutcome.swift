import Signing

/// How an act ended.
package enum PersonActOutcome: Sendable, Equatable {
    /// It was done, and these sessions have ended with it.
    case done(ended: [SessionID])
    /// The account was so already.
    case unchanged
    /// There is no such account.
    case unknown
    /// It was refused: there would be no administrator left.
    case lastAdmin
}
