import Access
import HTTPKit
import HTTPTypes
import Leaderboard
import NIOCore
import NIOHTTP1
import Signing

/// `/auth`: registration, login, refresh, logout and change of password.
package struct SessionRoutes: Sendable {
    private let registration: Registration
    private let signIn: SignIn
    private let accounts: any AccountStore
    private let sessions: any SessionStore
    private let passwords: any PasswordHashing
    private let spread: any CredentialSpread
    private let tokens: AccessTokens
    private let outcomes = AccountOutcomes()

    /// Longer bodies are refused. A password of 1024 bytes may be escaped.
    private static let bodyBytesMax = 16 * 1024

    /// - Parameters:
    ///   - registration: registers.
    ///   - signIn: checks passwords.
    ///   - accounts: the accounts.
    ///   - sessions: their sessions.
    ///   - passwords: hashes.
    ///   - spread: told of each session that ends, after Postgres has it.
    ///   - tokens: signs.
    package init(
        registration: Registration, signIn: SignIn, accounts: any AccountStore, sessions: any SessionStore,
        passwords: any PasswordHashing, spread: any CredentialSpread, tokens: AccessTokens
    ) {
        self.registration = registration
        self.signIn = signIn
        self.accounts = accounts
        self.sessions = sessions
        self.passwords = passwords
        self.spread = spread
        self.tokens = tokens
    }

    /// Adds the routes.
    package func addRoutes(to table: inout RouteTable) {
        table.add(.post, "/auth/register", .everybody) { request in
            try await outcomes.count("register") { try await register(request) }
        }
        table.add(.post, "/auth/login", .everybody) { request in
            try await outcomes.count("login") { try await logIn(request) }
        }
        table.add(.post, "/auth/refresh", .everybody) { request in
            try await outcomes.count("refresh") { try await refresh(request) }
        }
        table.add(.post, "/auth/logout", .users([])) { request in
            try await outcomes.count("logout") { try await logOut(request) }
        }
        table.add(.post, "/auth/logout-all", .users([])) { request in
            try await outcomes.count("logout_all") { try await logOutAll(request) }
        }
        table.add(.post, "/auth/password", .users([])) { request in
            try await outcomes.count("password") { try await changePassword(request) }
        }
    }

    private static var done: Reply { Reply(status: .noContent, body: ByteBuffer()) }

    private func register(_ request: RouteRequest) async throws -> Reply {
        let body = try await request.json(upTo: Self.bodyBytesMax)
        try await registration.admit(from: client(of: request))
        return try await registration.register(try RegistrationRequest(body)).reply(.created)
    }

    private func logIn(_ request: RouteRequest) async throws -> Reply {
        let body = try LoginRequest(try await request.json(upTo: Self.bodyBytesMax))
        return try await signIn.logIn(body, from: client(of: request)).reply(.ok)
    }

    private func refresh(_ request: RouteRequest) async throws -> Reply {
        // Most of what is made up ends here, without a question to the database.
        guard let token = RefreshToken(try RefreshRequest.token(try await request.json(upTo: Self.bodyBytesMax))) else {
            throw APIError.unauthorized
        }
        let next = RefreshToken.random()
        switch try await sessions.refresh(token.hash, next: next.hash) {
        case .refused: throw APIError.unauthorized
        case .banned: throw APIError.forbidden
        case .reused(let session):
            outcomes.countReuse()
            await spread.sessionsEnded([session])
            throw APIError.unauthorized
        case .refreshed(let account, let session):
            return SessionReply(
                account: account, accessToken: try tokens.token(for: account, session: session), refreshToken: next
            ).pair
        }
    }

    private func logOut(_ request: RouteRequest) async throws -> Reply {
        let (_, session) = try Self.session(of: request)
        // If it has ended already, nodes may not know it yet.
        _ = try await sessions.end(session)
        await spread.sessionsEnded([session])
        return Self.done
    }

    private func logOutAll(_ request: RouteRequest) async throws -> Reply {
        let (userID, session) = try Self.session(of: request)
        let ended = try await sessions.endAll(of: userID)
        await spread.sessionsEnded(ended.contains(session) ? ended : ended + [session])
        return Self.done
    }

    private func changePassword(_ request: RouteRequest) async throws -> Reply {
        let (userID, session) = try Self.session(of: request)
        let body = try PasswordRequest(try await request.json(upTo: Self.bodyBytesMax))
        let account = try await signIn.check(body.old, of: userID, from: client(of: request))
        let hash = try await passwords.hash(body.new)
        guard let ended = try await accounts.changePassword(of: account, to: hash, keeping: session) else {
            // Somebody else was faster, so the old password is not the old one any more.
            throw APIError(.invalidCredentials)
        }
        if !ended.isEmpty { await spread.sessionsEnded(ended) }
        return Self.done
    }

    /// The user and the session of a bearer. Tokens of other issuers and API keys have no session: there is nothing to
    /// end, and no password.
    private static func session(of request: RouteRequest) throws -> (userID: String, session: SessionID) {
        let claims = try request.bearer()
        guard let session = claims.session else { throw APIError.forbidden }
        return (claims.subject, session)
    }

    private func client(of request: RouteRequest) -> LimitKey? { request.clientAddress.map { LimitKey($0) } }
}
