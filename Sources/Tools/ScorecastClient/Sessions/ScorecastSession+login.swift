import Basics
import StrictJSON

extension ScorecastSession {
    /// Logs in.
    ///
    /// - Parameters:
    ///   - url: the server, `https://host[:port]`, with a path if a proxy adds one.
    ///   - username: the name, or the e-mail address.
    ///   - password: the password.
    ///   - storage: keeps the tokens; nil for the memory of this process.
    ///   - transport: nil for ``NIOSessionTransport``.
    ///   - onEnd: called once, with the reason for the end.
    /// - Throws: ``SessionError``, such as `refused` with the code `invalid_credentials`.
    public static func login(
        to url: String, username: String, password: String, storage: (any SessionStorage)? = nil,
        transport: (any SessionTransport)? = nil, onEnd: (@Sendable (SessionEnd) -> Void)? = nil
    ) async throws -> ScorecastSession {
        let body = SessionCalls.body { json in
            if username.contains("@") { json.member("email", username) } else { json.member("username", username) }
            json.member("password", password)
        }
        return try await enter("/auth/login", body, try transport ?? NIOSessionTransport(url), storage, onEnd)
    }

    /// Makes an account, and logs in. See ``login(to:username:password:storage:transport:onEnd:)``.
    ///
    /// - Parameters:
    ///   - email: for a new password, if the user forgets the present one.
    ///   - name: the name that others see.
    /// - Throws: ``SessionError``, such as `refused` with the code `taken`, or with details.
    public static func register(
        at url: String, username: String, password: String, email: String? = nil, name: String? = nil,
        storage: (any SessionStorage)? = nil, transport: (any SessionTransport)? = nil,
        onEnd: (@Sendable (SessionEnd) -> Void)? = nil
    ) async throws -> ScorecastSession {
        let body = SessionCalls.body { json in
            json.member("username", username)
            json.member("password", password)
            if let email { json.member("email", email) }
            if let name { json.member("name", name) }
        }
        return try await enter("/auth/register", body, try transport ?? NIOSessionTransport(url), storage, onEnd)
    }

    /// Goes on with the tokens that a storage kept.
    public static func resume(
        at url: String, _ tokens: SessionTokens, storage: (any SessionStorage)? = nil,
        transport: (any SessionTransport)? = nil, onEnd: (@Sendable (SessionEnd) -> Void)? = nil
    ) throws -> ScorecastSession {
        let transport = try transport ?? NIOSessionTransport(url)
        return ScorecastSession(tokens, user: nil, over: transport, storage: storage, onEnd: onEnd)
    }

    private static func enter(
        _ path: String, _ body: [UInt8], _ transport: any SessionTransport, _ storage: (any SessionStorage)?,
        _ onEnd: (@Sendable (SessionEnd) -> Void)?
    ) async throws -> ScorecastSession {
        let askedAt = WallClock.milliseconds()
        let response = try await SessionCalls.exchange(SessionRequest("POST", path, body: body), over: transport)
        let tokens = try SessionCalls.tokens(in: response, askedAt: askedAt)
        await storage?.save(tokens)
        return ScorecastSession(
            tokens, user: SessionUser(response.json?["user"]), over: transport, storage: storage, onEnd: onEnd)
    }
}
