import Gateway
import Leaderboard
import StrictJSON
import TestSupport
import Testing

/// Access to a private board, and the ways to present a token.
@Suite struct PrivateBoardTests {
    private static let (good, bad) = (TestTokens.good, TestTokens.bad)
    private static let secret = "/ws/scoreboard?board=secret"
    private static let bearer = [("Authorization", "Bearer \(good)")]
    private static func subprotocols(_ token: String) -> [(String, String)] {
        [("Sec-WebSocket-Protocol", "scorecast.v1, bearer.\(token)")]
    }

    /// Runs a gateway whose private board has a top.
    private static func run(
        _ tokens: TestTokens? = nil, log: RecordedLog = RecordedLog(),
        _ body: @escaping @Sendable (TestGateway) throws -> Void
    ) async throws {
        let tokens = if let tokens { tokens } else { try await TestTokens() }
        try await TestGateway.run(logger: log.logger, tokens: { tokens.verifiers($0) }) { server in
            server.store.set("secret", version: 7, tell: false)
            try body(server)
        }
    }

    @Test func letsTokensInAndNeverRepeatsThem() async throws {
        let log = RecordedLog()
        try await Self.run(log: log) { server in
            let ways = [
                Self.bearer, Self.subprotocols(Self.good), [("Authorization", "bearer \(Self.good)")],
                [("Sec-WebSocket-Protocol", "bearer.\(Self.good)"), ("Sec-WebSocket-Protocol", "scorecast.v1")],
                // The credentials of a proxy are not a token.
                [("Authorization", "Basic YTpi")] + Self.subprotocols(Self.good),
            ]
            for headers in ways {
                let socket = try TestWebSocket(port: server.port, Self.secret, headers: headers)
                #expect(try socket.receiveStandings().version == 7)
                let answered = socket.response.headers.filter { $0.name == "sec-websocket-protocol" }.map(\.value)
                #expect(answered.allSatisfy { $0 == "scorecast.v1" } && answered.count <= 1)
                #expect(!socket.response.headers.contains { $0.value.contains(Self.good) })
            }
            let alone = try TestWebSocket(
                port: server.port, Self.secret, headers: [("Sec-WebSocket-Protocol", "bearer.\(Self.good)")])
            #expect(alone.response["sec-websocket-protocol"] == nil, "a token is not a protocol")
            #expect(try alone.receiveStandings().version == 7)
            let stream = try TestEvents(port: server.port, "?board=secret", headers: Self.bearer)
            #expect(try stream.receive()?.id == "e1:7")
        }
        #expect(log.text.contains("gateway draining") && !log.text.contains(Self.good.suffix(30)))
    }

    @Test func refusesEverybodyElse() async throws {
        try await Self.run { server in
            let others: [(target: String, headers: [(String, String)])] = [
                (Self.secret, []), (Self.secret, [("Authorization", "Bearer \(Self.bad)")]),
                (Self.secret, Self.subprotocols(Self.bad)), (Self.secret, [("Authorization", "Basic \(Self.good)")]),
                (Self.secret, [("Authorization", "Bearer ")]), (Self.secret, [("Sec-WebSocket-Protocol", "bearer.")]),
                (Self.secret, [("Authorization", "Bearer " + String(repeating: "a", count: 8_100))]),
                (Self.secret, [("Authorization", "Bearer \(Self.bad)")] + Self.subprotocols(Self.good)),
                (Self.secret + "&token=\(Self.good)&access_token=\(Self.good)&bearer=\(Self.good)", []),
            ]
            for (target, headers) in others {
                let socket = try TestWebSocket(port: server.port, target, headers: headers)
                let error = try socket.receiveJSON()
                #expect(error["type"]?.string == "error" && error["code"]?.string == "unauthorized", "\(headers)")
                #expect(try socket.receiveClose() == 4401)
            }
            for query in ["?board=secret", "?board=secret&token=\(Self.good)"] {
                let stream = try TestEvents(port: server.port, query, headers: Self.subprotocols(Self.good))
                #expect(stream.response.status == 401)
                #expect(stream.response["www-authenticate"] == "Bearer")
                #expect(try JSONValue(Array(stream.response.body.utf8))["code"]?.string == "unauthorized")
            }
            let refused = Int64(others.count + 2)
            #expect(try server.count("upgrades_refused", [("reason", "token")]) == refused)
            try waitUntil("nobody is left") { server.gateway.connections == 0 }
            #expect(server.store.calls.allSatisfy { !$0.contains("secret") }, "nothing of it was even read")
        }
    }

    /// A page of a browser sees nothing of a refused handshake, so a WebSocket is told as without a token.
    @Test func refusesTokensThatMayNotReadScores() async throws {
        try await Self.run { server in
            let narrow = TestTokens.token("k1", scope: "boards:read scores:write")
            let headers = [("Authorization", "Bearer \(narrow)")]
            let stream = try TestEvents(port: server.port, "?board=secret", headers: headers)
            #expect(stream.response.status == 403)
            #expect(try JSONValue(Array(stream.response.body.utf8))["code"]?.string == "forbidden")
            #expect(try server.count("upgrades_refused", [("reason", "scope")]) == 1)
            let socket = try TestWebSocket(port: server.port, Self.secret, headers: headers)
            #expect(try socket.receiveJSON()["code"]?.string == "unauthorized")
            #expect(try socket.receiveClose() == 4401)
            #expect(try TestWebSocket(port: server.port, headers: headers).receiveStandings().board == "global")
            let wide = [("Authorization", "Bearer " + TestTokens.token("k1", scope: "scores:read"))]
            #expect(try TestEvents(port: server.port, "?board=secret", headers: wide).receive()?.id == "e1:7")
        }
    }

    /// As for `GET /leaderboard`: a public board needs no token, so a wrong one is not checked.
    @Test func publicBoardsNeedNoToken() async throws {
        try await Self.run { server in
            for token in [Self.bad, TestTokens.unknown, Self.good] {
                let socket = try TestWebSocket(port: server.port, headers: [("Authorization", "Bearer \(token)")])
                #expect(try socket.receiveStandings().board == "global")
            }
        }
        try await TestGateway.run { server in
            #expect(try TestWebSocket(port: server.port, headers: Self.bearer).receiveStandings().version == 1)
            let socket = try TestWebSocket(port: server.port, Self.secret, headers: Self.bearer)
            #expect(try socket.receiveClose() == 4401, "without keys nobody is let in")
        }
    }

    @Test func joinsWithTheTokenOfTheHandshake() async throws {
        try await Self.run { server in
            server.store.set("other", version: 3, tell: false)
            let join = #"{"type":"join-room","board":"secret"}"#
            let known = try TestWebSocket(port: server.port, headers: Self.subprotocols(Self.good))
            _ = try known.receiveStandings()
            try known.send(text: join)
            #expect(try known.receiveStandings().board == "secret")

            for (version, headers) in [(Int64(8), []), (9, Self.subprotocols(Self.bad))] {
                let unknown = try TestWebSocket(port: server.port, headers: headers)
                _ = try unknown.receiveStandings()
                try unknown.send(text: join)
                #expect(try unknown.receiveJSON()["code"]?.string == "unauthorized")
                try unknown.send(text: #"{"type":"join-room","board":"other"}"#)
                #expect(try unknown.receiveStandings().board == "other", "the connection lives on")
                server.store.set("secret", version: version)
                server.store.set("other", version: version)
                #expect(try unknown.receiveStandings().board == "other", "and hears of no other board")
                #expect(try known.receiveStandings().version == version)
            }
        }
    }

    /// The first token of a key can arrive before the key.
    @Test func waitsAMomentForANewKey() async throws {
        let tokens = try await TestTokens()
        tokens.letKeyArrive("k3", forCheck: 3)
        try await Self.run(tokens) { server in
            let late = try TestConnection(port: server.port)
            let fields = TestWebSocket.handshake + [("Authorization", "Bearer \(TestTokens.unknown)")]
            try late.send(TestHTTP.request("GET", Self.secret, port: server.port, headers: fields))
            #expect(try TestHTTP.readResponse(from: late).status == 101)
            #expect(tokens.unknownKeys == 2, "the third check found the key")
            #expect(try late.read(1, within: 10_000) == [0x81])

            let madeUp = [("Authorization", "Bearer \(TestTokens.token("k4"))")]
            let never = try TestWebSocket(port: server.port, Self.secret, headers: madeUp)
            #expect(try never.receiveClose() == 4401)
            #expect(tokens.unknownKeys == 2 + 9)
            let socket = try TestWebSocket(port: server.port, headers: madeUp)
            _ = try socket.receiveStandings()
            #expect(tokens.unknownKeys == 2 + 10, "a public board is worth no wait")
        }
    }

    @Test func asksToComeBackWhileThereAreNoKeys() async throws {
        let tokens = try await TestTokens(first: [])
        try await Self.run(tokens) { server in
            let error = #expect(throws: TestWebSocket.Refused.self) {
                try TestWebSocket(port: server.port, Self.secret, headers: Self.bearer)
            }
            #expect(error?.response.status == 503 && error?.response["retry-after"] == "1")
            let stream = try TestEvents(port: server.port, "?board=secret", headers: Self.bearer)
            #expect(stream.response.status == 503)
            #expect(try TestWebSocket(port: server.port, headers: Self.bearer).receiveStandings().version == 1)
        }
    }
}
