import Signing

/// The outcome of a refresh.
package enum SessionRefresh: Sendable {
    /// The next token counts.
    case refreshed(Account, SessionID)
    /// There is no such token, or its session is over.
    case refused
    /// The token was used before: somebody has stolen it, or a client has not got the answer. The session has ended.
    case reused(SessionID)
    /// The account is banned.
    case banned
}
