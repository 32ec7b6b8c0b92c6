import NIOConcurrencyHelpers
import ScorecastClient
import StrictJSON
import TestSupport
import Testing

/// A session against a server that refuses a refresh token that was used twice.
@Suite struct SessionTests {
    private static let refresh = "POST /auth/refresh"

    /// A session whose clock the test moves.
    private struct Setting {
        let server: AccountsServer
        let session: ScorecastSession
        let clock = NIOLockedValueBox<Int64>(0)
        let ends = NIOLockedValueBox<[SessionEnd]>([])
        let storage = KeptTokens()

        init(life: Int64 = 900_000) async throws {
            server = try await AccountsServer()
            _ = try await ScorecastSession.login(
                to: server.url, username: "ayo", password: "correct horse", storage: storage)
            let kept = try #require(storage.tokens)
            let tokens = SessionTokens(access: kept.access, refresh: kept.refresh, expiresAt: life, life: life)
            session = ScorecastSession(
                tokens, user: nil, over: try NIOSessionTransport(server.url), storage: storage,
                now: { [clock] in clock.withLockedValue { $0 } },
                onEnd: { [ends] reason in ends.withLockedValue { $0.append(reason) } })
        }

        func at(_ milliseconds: Int64) { clock.withLockedValue { $0 = milliseconds } }

        /// What all of many callers get at the same time.
        func tokens(_ count: Int) async -> [Result<String, any Error>] {
            await withTaskGroup(of: Result<String, any Error>.self) { group in
                for _ in 0..<count {
                    group.addTask {
                        do { return .success(try await session.token()) } catch { return .failure(error) }
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
        }
    }

    private final class KeptTokens: SessionStorage {
        private let kept = NIOLockedValueBox<SessionTokens?>(nil)
        var tokens: SessionTokens? { kept.withLockedValue { $0 } }
        func save(_ tokens: SessionTokens) async { kept.withLockedValue { $0 = tokens } }
        func remove() async { kept.withLockedValue { $0 = nil } }
    }

    @Test func aLoginGivesAUserAndAToken() async throws {
        let server = try await AccountsServer()
        let session = try await ScorecastSession.register(
            at: server.url, username: "ayo", password: "correct horse", email: "a@example.org", name: "Ayọ̀")
        #expect(session.user?.id == "usr_1" && session.user?.name == nil)
        #expect(server.requests.last?.body?["email"]?.string == "a@example.org")
        let token = try await session.token()
        #expect(try await session.token() == token)
        let answer = try await session.send(SessionRequest("GET", "/users/me"))
        #expect(answer.status == 200 && server.requests.last?.token == token)
        #expect(server.count(Self.refresh) == 0)
        _ = try await ScorecastSession.login(to: server.url + "/", username: "a@b.example", password: "correct horse")
        #expect(server.requests.last?.body?["email"]?.string == "a@b.example")
        try await server.stop()
    }

    @Test func aRefusedLoginSaysWhy() async throws {
        let server = try await AccountsServer()
        let login = { try await ScorecastSession.login(to: server.url, username: "ayo", password: "wrong horse") }
        let refused = await #expect(throws: SessionError.self) { try await login() }
        #expect(refused?.kind == .refused && refused?.status == 401 && refused?.code == "invalid_credentials")
        server.fault("POST /auth/login", .refuse(429, "rate_limited", [("Retry-After", "7")]))
        let limited = await #expect(throws: SessionError.self) { try await login() }
        #expect(limited?.kind == .unavailable && limited?.retryAfter == .seconds(7))
        let details = #"{"code":"invalid_input","message":"No.","details":[{"field":"password","reason":"is short"}]}"#
        server.fault("POST /auth/login", .answer(status: 400, body: details))
        let invalid = await #expect(throws: SessionError.self) { try await login() }
        #expect(invalid?.details.map(\.field) == ["password"])
        for body in ["", "[]", #"{"access_token":"a\nb","refresh_token":"c","expires_in":900}"#] {
            server.fault("POST /auth/login", .answer(status: 200, body: body))
            await #expect(throws: SessionError.self) { try await login() }
        }
        for url in ["ftp://x", "https://user@x", "https://x?y"] {
            let error = await #expect(throws: SessionError.self) {
                try await ScorecastSession.login(to: url, username: "ayo", password: "correct horse")
            }
            #expect(error?.kind == .invalidConfiguration)
        }
        try await server.stop()
    }

    @Test func twoHundredCallersCauseOneRefresh() async throws {
        let setting = try await Setting()
        for turn in 1...3 {
            setting.at(setting.clock.withLockedValue { $0 } + 850_000)
            let tokens = try await setting.tokens(200).map { try $0.get() }
            #expect(Set(tokens) == ["access\(turn + 1)"])
            #expect(setting.server.count(Self.refresh) == turn)
            #expect(setting.storage.tokens?.refresh == "scr_\(turn + 1)")
        }
        #expect(await setting.session.ended == nil)
        try await setting.server.stop()
    }

    @Test func theNetworkFailsAndComesBack() async throws {
        let setting = try await Setting()
        setting.server.fault(Self.refresh, .drop)
        // A token is used while it is valid.
        setting.at(850_000)
        #expect(Set(try await setting.tokens(50).map { try $0.get() }) == ["access1"])
        #expect(setting.server.count(Self.refresh) == 1)
        setting.at(901_000)
        for result in await setting.tokens(50) {
            let error = #expect(throws: SessionError.self) { try result.get() }
            #expect(error?.kind == .unavailable)
        }
        #expect(setting.server.count(Self.refresh) == 2)
        #expect(await setting.session.ended == nil)
        setting.server.fault(Self.refresh, nil)
        setting.at(960_000)
        #expect(try await setting.session.token() == "access2")
        #expect(setting.ends.withLockedValue { $0 }.isEmpty)
        try await setting.server.stop()
    }

    @Test func aServerInTroubleIsAskedAgainWhenItSaidSo() async throws {
        let setting = try await Setting()
        setting.server.fault(Self.refresh, .refuse(503, "unavailable", [("Retry-After", "30")]))
        for time: Int64 in [901_000, 930_000] {
            setting.at(time)
            await #expect(throws: SessionError.self) { try await setting.session.token() }
        }
        #expect(setting.server.count(Self.refresh) == 1)
        setting.server.fault(Self.refresh, nil)
        setting.at(932_000)
        #expect(try await setting.session.token() == "access2")
        try await setting.server.stop()
    }

    @Test(arguments: [(400, "invalid_input"), (401, "unauthorized"), (403, "forbidden")])
    func aRefusedRefreshEndsTheSession(status: UInt, code: String) async throws {
        let setting = try await Setting()
        setting.server.fault(Self.refresh, .refuse(status, code))
        setting.at(901_000)
        for result in await setting.tokens(200) {
            let error = #expect(throws: ScoreboardError.self) { try result.get() }
            #expect(error?.kind == .unauthorized)
        }
        #expect(setting.server.count(Self.refresh) == 1)
        #expect(await setting.session.ended == .refused)
        #expect(setting.ends.withLockedValue { $0 } == [.refused])
        #expect(setting.storage.tokens == nil)
        try await setting.session.logout()
        #expect(setting.server.count("POST /auth/logout") == 0)
        try await setting.server.stop()
    }

    @Test func aTokenThatIsRefusedEarlyIsReplaced() async throws {
        let setting = try await Setting()
        setting.server.forgetAccessTokens()
        // One that has just been made is not replaced: another one would be refused too.
        #expect(try await setting.session.send(SessionRequest("GET", "/users/me")).status == 401)
        setting.at(10_000)
        let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<20 {
                group.addTask { try await setting.session.send(SessionRequest("GET", "/users/me")).status }
            }
            return try await group.reduce(into: Set<Int>()) { $0.insert($1) }
        }
        #expect(statuses == [200] && setting.server.count(Self.refresh) == 1)
        // A wrong password is a 401 too.
        setting.at(20_000)
        setting.server.fault("POST /auth/password", .refuse(401, "invalid_credentials"))
        #expect(try await setting.session.send(SessionRequest("POST", "/auth/password")).status == 401)
        #expect(setting.server.count(Self.refresh) == 1)
        try await setting.server.stop()
    }

    @Test func logoutEndsItHereAndOnTheServer() async throws {
        let setting = try await Setting()
        try await setting.session.logout(everywhere: true)
        try await setting.session.logout()
        #expect(setting.server.count("POST /auth/logout-all") == 1)
        #expect(setting.server.requests.last?.token == "access1")
        #expect(setting.ends.withLockedValue { $0 } == [.logout] && setting.storage.tokens == nil)
        await #expect(throws: ScoreboardError.self) { try await setting.session.token() }
        try await setting.server.stop()
        // Without the network it ends here all the same.
        let other = try await Setting()
        other.server.fault("POST /auth/logout", .drop)
        await #expect(throws: SessionError.self) { try await other.session.logout() }
        #expect(await other.session.ended == .logout)
        #expect(other.storage.tokens == nil)
        try await other.server.stop()
    }

    @Test func aFollowerUsesItsSession() async throws {
        let setting = try await Setting()
        let board = try await ScriptedServer { number, _ in
            number == 0 ? [.accept, .text(Text.snapshot(1)), .close(4401)] : [.accept, .text(Text.snapshot(2))]
        }
        setting.at(10_000)
        let following = try Following(board.url) { $0.token = .session(setting.session) }
        try await eventually { following.versions.last == 2 }
        // The server has refused the first one, so the session got another.
        #expect(board.requests.map { $0.fields["authorization"] } == ["Bearer access1", "Bearer access2"])
        setting.server.fault(Self.refresh, .refuse(401, "unauthorized"))
        setting.at(910_001)
        try await board.act(.close(1001))
        try await eventually { following.hasEnded }
        #expect(following.error?.kind == .unauthorized)
        try await board.stop()
        try await setting.server.stop()
    }
}
