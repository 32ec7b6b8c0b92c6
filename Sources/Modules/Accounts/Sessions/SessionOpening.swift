import Signing

/// The outcome of the begin of a session.
package enum SessionOpening: Sendable {
    /// It has begun. `ended` had to end for it.
    case opened(Account, ended: [SessionID])
    /// The account is banned.
    case banned
    /// The password is another one by now, or the account is gone.
    case changed
}
