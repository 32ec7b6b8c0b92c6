import Basics
import StrictJSON

/// A session: one login, with an access token that is refreshed in time. All who ask for the token at the same time
/// wait for one refresh.
///
///     let session = try await ScorecastSession.login(to: "https://scores.example.com", username: name, password: word)
///     configuration.token = .session(session)
///     let answer = try await session.send(SessionRequest("GET", "/users/me"))
public actor ScorecastSession {
    /// If a token this young is refused, another one would be refused too; in milliseconds.
    private static let young: Int64 = 5_000
    /// These answers to a refresh mean that there will never be another token.
    private static let finalStatuses = [400, 401, 403]

    /// The user, as of the login; nil for a session that was resumed.
    public nonisolated let user: SessionUser?
    /// The reason for the end; nil while the session goes on.
    public private(set) var ended: SessionEnd?

    private let transport: any SessionTransport
    private let storage: (any SessionStorage)?
    private let onEnd: (@Sendable (SessionEnd) -> Void)?
    private let now: @Sendable () -> Int64
    private let backoff = Backoff(base: .milliseconds(250), cap: .seconds(15), least: .milliseconds(10))
    private var tokens: SessionTokens
    private var refreshing: Task<Void, Never>?
    private var failures = 0
    /// The last failure, and until when no other refresh is tried.
    private var failure: (error: any Error, until: Int64)?

    package init(
        _ tokens: SessionTokens, user: SessionUser?, over transport: any SessionTransport,
        storage: (any SessionStorage)?, now: @escaping @Sendable () -> Int64 = WallClock.milliseconds,
        onEnd: (@Sendable (SessionEnd) -> Void)?
    ) {
        self.tokens = tokens
        self.user = user
        self.transport = transport
        self.storage = storage
        self.now = now
        self.onEnd = onEnd
    }

    /// A valid access token.
    ///
    /// - Parameter renew: asks for another token than the present one, since the server has refused it.
    /// - Throws: ``ScoreboardError`` (`unauthorized`) after the end of the session, which also ends a follower;
    ///   ``SessionError`` (`unavailable`) if there is no valid token at the moment.
    public func token(renew: Bool = false) async throws -> String {
        try requireOpen()
        let left = tokens.expiresAt - now()
        let isGood = renew ? tokens.life - left < Self.young : left > tokens.leeway
        return isGood ? tokens.access : try await refreshed(after: tokens.access)
    }

    /// Sends a request with the token. If the server refuses the token, the request is sent once more with another.
    ///
    /// - Parameter request: its `token` is replaced.
    /// - Returns: the answer, whatever its status is.
    /// - Throws: the errors of ``token(renew:)``, and ``SessionError``.
    public func send(_ request: SessionRequest) async throws -> SessionResponse {
        var request = request
        let token = try await token()
        request.token = token
        let response = try await exchange(request)
        guard response.refusesToken else { return response }
        // Another request may have got the next token already.
        let next = try? await self.token(renew: tokens.access == token)
        guard let next, next != token else { return response }
        request.token = next
        return try await exchange(request)
    }

    /// Ends the session here in any case, and on the server.
    ///
    /// - Parameter everywhere: ends all sessions of the user.
    /// - Throws: ``SessionError`` if the server could not be told.
    public func logout(everywhere: Bool = false) async throws {
        guard ended == nil else { return }
        let token: Result<String, any Error>
        do { token = .success(try await self.token()) } catch { token = .failure(error) }
        // A session that the server has ended needs no logout.
        guard ended == nil else { return }
        await end(.logout)
        let path = everywhere ? "/auth/logout-all" : "/auth/logout"
        let response = try await exchange(SessionRequest("POST", path, token: try token.get()))
        guard response.isSuccess || response.status == 401 else { throw SessionError(response) }
    }

    // MARK: Refreshing

    /// A token after this one. If there is none at the moment, this one until it expires.
    private func refreshed(after used: String) async throws -> String {
        if failure.map({ now() < $0.until }) != true {
            let refresh = refreshing ?? Task { await self.refresh() }
            refreshing = refresh
            await refresh.value
        }
        try requireOpen()
        if tokens.access == used, tokens.expiresAt <= now() {
            throw failure?.error ?? SessionError(.unavailable, "the session has no valid token")
        }
        return tokens.access
    }

    private func refresh() async {
        defer { refreshing = nil }
        let askedAt = now()
        do {
            let body = SessionCalls.body { $0.member("refresh_token", tokens.refresh) }
            let response = try await exchange(SessionRequest("POST", "/auth/refresh", body: body))
            if Self.finalStatuses.contains(response.status) { return await end(.refused) }
            let next = try SessionCalls.tokens(in: response, askedAt: askedAt)
            // Somebody logged out meanwhile.
            guard ended == nil else { return }
            tokens = next
            (failures, failure) = (0, nil)
            await storage?.save(next)
        } catch {
            failures += 1
            let asked = (error as? SessionError)?.retryAfter ?? .zero
            let wait = max(min(asked, .seconds(900)), backoff.wait(failures: failures))
            failure = (error, now() + wait.wholeMilliseconds)
        }
    }

    private func exchange(_ request: SessionRequest) async throws -> SessionResponse {
        try await SessionCalls.exchange(request, over: transport)
    }

    // MARK: Ending

    private func requireOpen() throws {
        if ended != nil { throw ScoreboardError(.unauthorized, "the session has ended") }
    }

    private func end(_ reason: SessionEnd) async {
        guard ended == nil else { return }
        ended = reason
        onEnd?(reason)
        await storage?.remove()
    }
}
