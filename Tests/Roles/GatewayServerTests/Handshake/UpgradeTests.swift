import Gateway
import StrictJSON
import TestSupport
import Testing

/// The answer to a request for a WebSocket.
@Suite struct UpgradeTests {
    @Test func opens() async throws {
        try await TestGateway.run { server in
            let socket = try TestWebSocket(
                port: server.port, headers: [("Sec-WebSocket-Protocol", "other, scorecast.v1")])
            // The key and the answer of RFC 6455, 1.3.
            #expect(socket.response["sec-websocket-accept"] == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
            #expect(socket.response["upgrade"] == "websocket")
            #expect(socket.response["sec-websocket-protocol"] == "scorecast.v1")
            let plain = try TestWebSocket(port: server.port, headers: [("Sec-WebSocket-Protocol", "other")])
            #expect(plain.response["sec-websocket-protocol"] == nil)
            try waitUntil("two connections") { server.gateway.connections == 2 }
            socket.drop()
            plain.drop()
            try waitUntil("no connections") { server.gateway.connections == 0 }
        }
    }

    /// White space after a value is not a part of it (RFC 9110, 5.5).
    @Test(arguments: [" ", "\t", " \t "]) func takesWhiteSpaceBehindFields(_ white: String) async throws {
        try await TestGateway.run { server in
            let host = "127.0.0.1:\(server.port)"
            let fields = TestWebSocket.handshake + [("Host", host), ("Origin", "http://" + host)]
            let connection = try TestConnection(port: server.port)
            try connection.send(
                TestHTTP.request(
                    "GET", "/ws/scoreboard", port: server.port, headers: fields.map { ($0.0, $0.1 + white) }))
            let response = try TestHTTP.readResponse(from: connection)
            #expect(response.status == 101, "\(response.body)")
            #expect(response["sec-websocket-accept"] == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
        }
    }

    /// The authority of a whole URI counts, and `Host` does not (RFC 9112, 3.2.2).
    @Test(arguments: ["there", "elsewhere"]) func comparesOriginsWithTheTarget(origin: String) async throws {
        try await TestGateway.run { server in
            let connection = try TestConnection(port: server.port)
            let fields = TestWebSocket.handshake + [("Host", "elsewhere"), ("Origin", "http://\(origin)")]
            try connection.send(
                TestHTTP.request("GET", "http://there/ws/scoreboard", port: server.port, headers: fields))
            #expect(try TestHTTP.readResponse(from: connection).status == (origin == "there" ? 101 : 403))
        }
    }

    struct Refusal: Sendable, CustomTestStringConvertible {
        var name: String
        var target = "/ws/scoreboard"
        var method = "GET"
        var without: String?
        var with: [(String, String)] = []
        var status: Int
        var code: String
        var fields: [String] = []
        var testDescription: String { name }

        static let key = "Sec-WebSocket-Key"
        static let version = "Sec-WebSocket-Version"

        static let all = [
            Refusal(name: "POST", method: "POST", status: 405, code: "method_not_allowed"),
            Refusal(name: "no upgrade", without: "Upgrade", status: 426, code: "upgrade_required"),
            Refusal(
                name: "other upgrade", without: "Upgrade", with: [("Upgrade", "h2c")], status: 426,
                code: "upgrade_required"),
            Refusal(name: "no connection token", without: "Connection", status: 426, code: "upgrade_required"),
            Refusal(name: "no version", without: version, status: 426, code: "upgrade_required"),
            Refusal(name: "version 8", without: version, with: [(version, "8")], status: 426, code: "upgrade_required"),
            Refusal(name: "no key", without: key, status: 400, code: "invalid_input", fields: [key]),
            Refusal(
                name: "short key", without: key, with: [(key, "c2hvcnQ=")], status: 400, code: "invalid_input",
                fields: [key]),
            Refusal(name: "two keys", with: [(key, "dGhlIHNhbXBsZSBub25jZQ==")], status: 400, code: "invalid_input"),
            Refusal(name: "origin", with: [("Origin", "http://evil.example")], status: 403, code: "forbidden"),
            Refusal(name: "null origin", with: [("Origin", "null")], status: 403, code: "forbidden"),
        ]
    }

    @Test func refuses() async throws {
        try await TestGateway.run { server in
            for refusal in Refusal.all {
                let connection = try TestConnection(port: server.port)
                let fields = TestWebSocket.handshake.filter { $0.0 != refusal.without } + refusal.with
                let target = refusal.target.hasPrefix("?") ? "/ws/scoreboard" + refusal.target : refusal.target
                try connection.send(TestHTTP.request(refusal.method, target, port: server.port, headers: fields))
                let response = try TestHTTP.readResponse(from: connection)
                let body = try JSONValue(Array(response.body.utf8))
                #expect(response.status == refusal.status, "\(refusal.name)")
                #expect(body["status"]?.string == "error")
                #expect(body["code"]?.string == refusal.code, "\(refusal.name)")
                #expect(body["message"]?.string?.isEmpty == false)
                if !refusal.fields.isEmpty {
                    #expect(body["details"]?.array?.map { $0["field"]?.string } == refusal.fields, "\(refusal.name)")
                }
                if refusal.name.contains("version") { #expect(response["sec-websocket-version"] == "13") }
            }
            #expect(server.gateway.connections == 0)
            #expect(try server.count("upgrades_refused", [("reason", "origin")]) == 2)
            #expect(try server.count("upgrades_refused", [("reason", "version")]) == 2)
        }
    }

    @Test func takesAllowedOrigins() async throws {
        try await TestGateway.run { server in
            _ = try TestWebSocket(port: server.port, headers: [("Origin", "http://127.0.0.1:\(server.port)")])
        }
        try await TestGateway.run {
            $0.allowedOrigins = ["https://game.example"]
        } _: { server in
            _ = try TestWebSocket(port: server.port, headers: [("Origin", "https://GAME.example")])
            // The node's own page works too.
            _ = try TestWebSocket(port: server.port, headers: [("Origin", "http://127.0.0.1:\(server.port)")])
            for other in ["https://other.example", "http://127.0.0.1:1"] {
                #expect(throws: TestWebSocket.Refused.self) {
                    try TestWebSocket(port: server.port, headers: [("Origin", other)])
                }
            }
        }
    }

    @Test func refusesWhenFull() async throws {
        try await TestGateway.run {
            $0.settings.connectionsMax = 1
        } _: { server in
            let first = try TestWebSocket(port: server.port)
            _ = try first.receiveStandings()
            do {
                _ = try TestWebSocket(port: server.port)
                Issue.record("a second connection was let in")
            } catch let error as TestWebSocket.Refused {
                #expect(error.response.status == 503)
                #expect(error.response["retry-after"] == "5")
            }
            first.drop()
            try waitUntil("the place is free") { server.gateway.connections == 0 }
            _ = try TestWebSocket(port: server.port).receiveStandings()
        }
    }

    @Test func readsFramesSentWithTheRequest() async throws {
        try await TestGateway.run { server in
            let ping = ClientFrame.bytes(opcode: 9, Array("early".utf8))
            let socket = try TestWebSocket(port: server.port, early: ping)
            var seen: [TestWebSocket.Incoming] = [try socket.receive(), try socket.receive()]
            seen.removeAll { if case .text = $0 { true } else { false } }
            #expect(seen == [.pong(Array("early".utf8))])
        }
    }

    @Test func upgradesAConnectionThatServedAPage() async throws {
        try await TestGateway.run { server in
            let connection = try TestConnection(port: server.port)
            try connection.send(TestHTTP.request("GET", "/", port: server.port))
            #expect(try TestHTTP.readResponse(from: connection).status == 200)
            let socket = try TestWebSocket(on: connection)
            #expect(try socket.receiveStandings().type == "snapshot")
            try socket.send(opcode: 9, [1, 2, 3])
            #expect(try socket.receive() == .pong([1, 2, 3]))
        }
    }
}
