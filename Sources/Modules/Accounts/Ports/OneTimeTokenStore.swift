import Basics
import Leaderboard
import Signing

/// Tokens that come by mail, and what they change.
package protocol OneTimeTokenStore: Sendable {
    /// Stores a token that verifies the address which a user claims.
    ///
    /// - Returns: the address; nil if there is no such user, or no address that is not verified.
    func addVerification(_ token: OneTimeToken.Hash, of userID: String) async throws(StoreError) -> EmailAddress?
    /// Uses a token that verifies an address.
    func verify(_ token: OneTimeToken.Hash) async throws(StoreError) -> VerificationOutcome
    /// Stores a token that sets a new password, for the user whose verified address this is. Older ones of the user
    /// are void.
    ///
    /// - Returns: the user; nil if no account has the address, or a banned one.
    func addReset(_ token: OneTimeToken.Hash, for email: EmailAddress) async throws(StoreError) -> MailRecipient?
    /// Whether a token could set a password now.
    func isOpenReset(_ token: OneTimeToken.Hash) async throws(StoreError) -> Bool
    /// Uses a token that sets a password. All sessions of its user end, and all its other tokens of this kind are void.
    ///
    /// - Returns: nil if the token cannot be used (any more); of many concurrent uses one succeeds.
    func reset(_ token: OneTimeToken.Hash, passwordHash: String) async throws(StoreError) -> PasswordReset?
    /// Sets the address that a user claims. A verified one stays in force until the new one is verified. Tokens that
    /// set a password are void, and all sessions of the user end but one. Nothing changes if the user claims the
    /// address already, or has it.
    ///
    /// - Returns: nil if there is no such user.
    func claim(_ email: EmailAddress, userID: String, keeping session: SessionID?) async throws(StoreError)
        -> EmailClaim?
}

/// The outcome of the use of a token that verifies an address.
package enum VerificationOutcome: Sendable, Equatable {
    /// The address is verified.
    case verified
    /// The token cannot be used (any more).
    case refused
    /// Another account has verified the address.
    case taken
}

/// Somebody who gets mail.
package struct MailRecipient: Sendable {
    package let userID: String
    package let username: String
    /// The verified address, as the user wrote it.
    package let email: EmailAddress

    /// Gathers the parts.
    package init(userID: String, username: String, email: EmailAddress) {
        self.userID = userID
        self.username = username
        self.email = email
    }
}

/// A password that was set by a token.
package struct PasswordReset: Sendable {
    package let user: MailRecipient
    /// The sessions that ended with it.
    package let endedSessions: [SessionID]

    /// Gathers the parts.
    package init(user: MailRecipient, endedSessions: [SessionID]) {
        self.user = user
        self.endedSessions = endedSessions
    }
}

/// An address that a user claims.
package struct EmailClaim: Sendable {
    /// Whether it is another one than before.
    package let isNew: Bool
    /// The user with the verified address that stays in force; nil if there is none.
    package let holder: MailRecipient?
    /// The sessions that ended with it.
    package let endedSessions: [SessionID]

    /// Gathers the parts.
    package init(isNew: Bool, holder: MailRecipient?, endedSessions: [SessionID]) {
        self.isNew = isNew
        self.holder = holder
        self.endedSessions = endedSessions
    }
}
