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
