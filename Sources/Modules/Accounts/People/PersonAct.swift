import Signing

/// What an administrator does to an account.
package enum PersonAct: Sendable, Equatable {
    /// The user can no longer log in.
    case ban(reason: String?)
    /// The user can log in again.
    case unban
    /// Gives the user a role.
    case setRole(Role)
}

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
