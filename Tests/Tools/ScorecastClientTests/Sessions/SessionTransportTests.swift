import ScorecastClient
import TestSupport
import Testing

@Suite struct SessionTransportTests {
    @Test func tlsIsChecked() async throws {
        let authority = try TestAuthority()
        defer { authority.remove() }
        let server = try await AccountsServer(tls: try authority.server())
        let url = "https://localhost:\(server.port)/api/"
        let trusted = try NIOSessionTransport(url, tls: try authority.client())
        _ = try? await trusted.send(SessionRequest("POST", "/auth/login", body: Array("{}".utf8)))
        #expect(server.requests.map(\.route) == ["POST /api/auth/login"])
        // Nothing reaches a server that nobody vouches for, in particular no password.
        await #expect(throws: (any Error).self) {
            try await NIOSessionTransport(url).send(SessionRequest("POST", "/auth/login", body: Array("{}".utf8)))
        }
        #expect(server.requests.count == 1)
        try await server.stop()
    }

    @Test func everyWaitAndEveryAnswerHasALimit() async throws {
        let server = try await AccountsServer()
        var transport = try NIOSessionTransport(server.url)
        transport.timeout = .milliseconds(100)
        transport.bodyBytesMax = 1000
        server.fault("GET /silent", .silence)
        server.fault("GET /long", .answer(status: 200, body: String(repeating: "a", count: 1001)))
        server.fault("GET /fits", .answer(status: 200, body: String(repeating: "a", count: 1000)))
        for path in ["/silent", "/long"] {
            let error = await #expect(throws: SessionError.self) {
                try await transport.send(SessionRequest("GET", path))
            }
            #expect(error?.kind == .unavailable)
        }
        transport.timeout = .seconds(20)
        #expect(try await transport.send(SessionRequest("GET", "/fits")).body.count == 1000)
        let limited = transport
        let hanging = Task { try await limited.send(SessionRequest("GET", "/silent")) }
        try await eventually { server.count("GET /silent") == 2 }
        hanging.cancel()
        await #expect(throws: (any Error).self) { try await hanging.value }
        try await server.stop()
    }

    /// Nothing in a request can end a line of its head and begin another.
    @Test(arguments: ["users/me", "/a b", "/a\r\nX: y", "/ä", "/a#b", ""])
    func aMalformedPathIsNotSent(path: String) async throws {
        let server = try await AccountsServer()
        let session = try await ScorecastSession.login(to: server.url, username: "ayo", password: "correct horse")
        let error = await #expect(throws: SessionError.self) { try await session.send(SessionRequest("GET", path)) }
        #expect(error?.kind == .invalidConfiguration && server.requests.count == 1)
        try await server.stop()
    }

    @Test func tokensAreNotShown() {
        let tokens = SessionTokens(access: "secret1", refresh: "secret2", expiresAt: 1, life: 1)
        var dumped = "\(tokens) \(String(reflecting: tokens))"
        dump(tokens, to: &dumped)
        #expect(!dumped.contains("secret"))
    }
}
