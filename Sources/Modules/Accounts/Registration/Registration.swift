import Basics
import HTTPKit
import Leaderboard
import Players
import Signing

/// Registers users.
package struct Registration: Sendable {
    /// Called after an account was made whose user claims an address. It must not wait for anything.
    package typealias EmailHook = @Sendable (_ userID: String, _ email: EmailAddress) async -> Void

    private let accounts: any AccountStore
    private let limits: any AttemptLimits
    private let passwords: any PasswordHashing
    private let tokens: AccessTokens
    private let onEmailClaimed: EmailHook

    /// - Parameters:
    ///   - accounts: the accounts.
    ///   - limits: counts registrations.
    ///   - passwords: hashes.
    ///   - tokens: signs.
    ///   - onEmailClaimed: see ``EmailHook``.
    package init(
        accounts: any AccountStore, limits: any AttemptLimits, passwords: any PasswordHashing, tokens: AccessTokens,
        onEmailClaimed: @escaping EmailHook
    ) {
        self.accounts = accounts
        self.limits = limits
        self.passwords = passwords
        self.tokens = tokens
        self.onEmailClaimed = onEmailClaimed
    }

    /// Counts an attempt, whatever comes of it.
    ///
    /// - Throws: `APIError` if there were too many from the address.
    func admit(from address: LimitKey?) async throws {
        guard let address, let wait = try await limits.admit(.registrations, for: address) else { return }
        throw APIError.attemptLimited(waitMilliseconds: wait)
    }

    /// Makes an account and its first session.
    func register(_ request: RegistrationRequest) async throws -> SessionReply {
        // Asked first, since a hash costs much more.
        guard try await accounts.account(.username(request.username.key)) == nil else { throw APIError(.taken) }
        let refresh = RefreshToken.random()
        let session = NewSession(id: .random(), token: refresh.hash)
        let account = NewAccount(
            id: UserID.random(), username: request.username,
            passwordHash: try await passwords.hash(request.password), email: request.email, name: request.name?.text)
        guard let made = try await accounts.create(account, session: session) else { throw APIError(.taken) }
        if let email = request.email { await onEmailClaimed(made.id, email) }
        return SessionReply(
            account: made, accessToken: try tokens.token(for: made, session: session.id), refreshToken: refresh)
    }
}
