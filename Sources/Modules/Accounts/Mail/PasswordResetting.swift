import Basics
import HTTPKit
import Leaderboard

/// Sets a new password by a token that came by mail.
struct PasswordResetting: Sendable {
    let tokens: any OneTimeTokenStore
    let limits: any AttemptLimits
    let passwords: any PasswordHashing
    let spread: any CredentialSpread
    let requests: MailRequests?

    /// Sets the password, and ends all sessions of the user.
    ///
    /// - Throws: `unauthorized` if the token cannot be used, for whatever reason; `StoreError`.
    func reset(_ token: String, to password: String) async throws {
        // A hash costs much: nobody gets one for a token that he made up.
        guard let token = OneTimeToken(token), try await tokens.isOpenReset(token.hash) else {
            throw APIError.unauthorized
        }
        let hash = try await passwords.hash(password)
        guard let reset = try await tokens.reset(token.hash, passwordHash: hash) else { throw APIError.unauthorized }
        if !reset.endedSessions.isEmpty { await spread.sessionsEnded(reset.endedSessions) }
        await forgetFailures(of: reset.user)
        if let requests { requests.mailer.send(requests.texts.passwordChanged(reset.user)) }
    }

    /// The failures before were guesses at another password. If Redis is away, the user waits as long as they say.
    private func forgetFailures(of user: MailRecipient) async {
        let keys = [
            LimitKey(.username, user.username.lowercased()), LimitKey(.email, user.email.key),
            LimitKey(.user, user.userID),
        ]
        for key in keys { try? await limits.succeeded(Attempt(account: key, address: nil)) }
    }
}
