import Access
import HTTPKit
import Leaderboard
import Logging
import Reporting
import Signing

/// Logs users in.
///
/// All that happens before the password was found right is the same for names that exist and names that do not: the
/// count, one look into the database, one hash, and the answer.
package struct SignIn: Sendable {
    private let accounts: any AccountStore
    private let sessions: any SessionStore
    private let limits: any AttemptLimits
    private let passwords: any PasswordHashing
    private let parameters: ScryptParameters
    private let spread: any CredentialSpread
    private let tokens: AccessTokens
    private let trouble: TroubleLog

    /// - Parameters:
    ///   - accounts: the accounts.
    ///   - sessions: their sessions.
    ///   - limits: counts attempts.
    ///   - passwords: hashes.
    ///   - parameters: the cost of new hashes. A hash that is cheaper to guess is made again.
    ///   - spread: told of sessions that end for new ones.
    ///   - tokens: signs.
    package init(
        accounts: any AccountStore, sessions: any SessionStore, limits: any AttemptLimits,
        passwords: any PasswordHashing, parameters: ScryptParameters, spread: any CredentialSpread,
        tokens: AccessTokens, logger: Logger
    ) {
        self.accounts = accounts
        self.sessions = sessions
        self.limits = limits
        self.passwords = passwords
        self.parameters = parameters
        self.spread = spread
        self.tokens = tokens
        trouble = TroubleLog(
            warning: "Attempts to log in cannot be taken back, they count as failures",
            notice: "Attempts to log in are taken back again", logger: logger)
    }

    /// Begins a session.
    ///
    /// - Throws: `rate_limited`, `invalid_credentials`, `forbidden` for a banned user with the right password,
    ///   `unavailable`.
    func logIn(_ request: LoginRequest, from address: LimitKey?) async throws -> SessionReply {
        try await guarded(Attempt(account: request.name.limitKey, address: address)) {
            // Again if the password, or its hash, was changed in between.
            for _ in 0..<2 {
                let account = try await accounts.account(request.name)
                guard try await passwords.verify(request.password, against: account?.passwordHash), let account else {
                    throw APIError(.invalidCredentials)
                }
                if let reply = try await open(account, password: request.password) { return reply }
            }
            throw APIError.unavailable
        }
    }

    /// Checks the password of an account whose user is signed in, and counts the attempt.
    ///
    /// - Returns: the account.
    package func check(_ password: String, of userID: String, from address: LimitKey?) async throws -> Account {
        try await guarded(Attempt(account: LimitKey(.user, userID), address: address)) {
            let account = try await accounts.account(id: userID)
            guard try await passwords.verify(password, against: account?.passwordHash), let account else {
                throw APIError(.invalidCredentials)
            }
            return account
        }
    }

    /// Checks the password of an account for a request of its user, as ``PeopleRoutes/PasswordCheck``.
    package func check(_ request: RouteRequest, _ userID: String, _ password: String) async throws {
        _ = try await check(password, of: userID, from: request.clientAddress.map { LimitKey($0) })
    }

    /// Counts an attempt, makes it, and corrects the count by its outcome.
    private func guarded<Value>(_ attempt: Attempt, _ body: () async throws -> Value) async throws -> Value {
        if let wait = try await limits.begin(attempt) { throw APIError.attemptLimited(waitMilliseconds: wait) }
        let value: Value
        do {
            value = try await body()
        } catch {
            switch (error as? APIError)?.code {
            case .invalidCredentials: break
            // Only those who know the password get there.
            case .forbidden: await correct { () async throws(StoreError) in try await limits.succeeded(attempt) }
            default: await correct { () async throws(StoreError) in try await limits.takeBack(attempt) }
            }
            throw error
        }
        await correct { () async throws(StoreError) in try await limits.succeeded(attempt) }
        return value
    }

    /// A count that stays too high does no harm but a wait.
    private func correct(_ change: () async throws(StoreError) -> Void) async {
        do throws(StoreError) {
            try await change()
            trouble.recordSuccess()
        } catch {
            trouble.recordFailure(error)
        }
    }

    /// Begins a session; nil if the account has changed since it was read.
    private func open(_ account: Account, password: String) async throws -> SessionReply? {
        guard !account.isBanned else { throw APIError.forbidden }
        let refresh = RefreshToken.random()
        let session = NewSession(id: .random(), token: refresh.hash)
        switch try await sessions.open(session, of: account, rehashed: await rehash(account, password: password)) {
        case .changed: return nil
        case .banned: throw APIError.forbidden
        case .opened(let account, let ended):
            if !ended.isEmpty { await spread.sessionsEnded(ended) }
            return SessionReply(
                account: account, accessToken: try tokens.token(for: account, session: session.id),
                refreshToken: refresh)
        }
    }

    /// The hash of the password at the present cost; nil if the stored one is as good, or there is no time for it now.
    private func rehash(_ account: Account, password: String) async -> String? {
        guard let stored = PasswordHash(account.passwordHash), parameters.exceed(stored.parameters) else { return nil }
        return try? await passwords.hash(password)
    }
}
