import NIOConcurrencyHelpers
import Testing

/// Leaving HTTP.
@Suite(.timeLimit(.minutes(1))) struct UpgradeTests {
    static let fields = ["Upgrade: echo", "Connection: Upgrade"]

    @Test func keepsTheOrderOfBytes() async throws {
        try await TestServer.run { server in
            let client = try server.connect()
            try client.send(TestClient.request("GET", "/up", fields: Self.fields) + "early ")
            try client.send("late ")
            #expect(try client.receive().status == 101)
            try client.send("later")
            let said = "early late later"
            #expect(try client.read(said.utf8.count).map { String(decoding: $0, as: UTF8.self) } == said)
            client.endOutput()
            #expect(try client.isEnded())
        }
    }

    @Test func decidesLater() async throws {
        try await TestServer.run { server in
            let client = try server.connect()
            try client.send(TestClient.request("GET", "/up?later", fields: Self.fields) + "early ")
            try waitUntil("the route") { server.up.watch.seen == 1 }
            try client.send("GET /hello HTTP/1.1\r\n")
            #expect(try client.isSilent(milliseconds: 50))
            try server.up.decide()
            #expect(try client.receive().status == 101)
            let said = "early GET /hello HTTP/1.1\r\n"
            #expect(try client.read(said.utf8.count).map { String(decoding: $0, as: UTF8.self) } == said)
        }
    }

    /// What comes before the decision is kept by the parser; not all that a client cares to send.
    @Test func boundsWhatComesEarly() async throws {
        try await TestServer.run { server in
            let client = try server.connect()
            try client.send("GET", "/up?later", fields: Self.fields)
            try waitUntil("the route") { server.up.watch.seen == 1 }
            let flood = [UInt8](repeating: 120, count: 32 << 20)
            #expect(try client.sendSome(flood[...], within: 500) < flood.count)
            try server.up.decide()
        }
    }

    @Test func upgradesUsedConnections() async throws {
        try await TestServer.run { server in
            let client = try server.connect()
            for _ in 0..<2 {
                try client.send(
                    TestClient.request("GET", "/hello") + TestClient.request("POST", "/fast", body: "x"))
                #expect(try client.receive().body == "hello")
                #expect(try client.receive().body == "x")
            }
            try client.send(
                TestClient.request("GET", "/hello") + TestClient.request("GET", "/up", fields: Self.fields) + "abc")
            #expect(try client.receive().body == "hello")
            #expect(try client.receive().status == 101)
            #expect(try client.read(3) == Array("abc".utf8))
        }
    }

    @Test func readsTheBodyFirst() async throws {
        try await TestServer.run { server in
            let client = try server.connect()
            try client.send("GET", "/up", fields: Self.fields + ["Content-Length: 4", "Expect: 100-continue"])
            #expect(try client.receive().status == 100)
            try client.send("body")
            #expect(try client.receive().status == 101)
            try client.send("abc")
            #expect(try client.read(3) == Array("abc".utf8))
        }
    }

    @Test func refuses() async throws {
        try await TestServer.run { server in
            let refused = try server.connect()
            try refused.send("GET", "/up?refuse", fields: Self.fields)
            let response = try refused.receive()
            #expect(response.status == 403 && response.body == "refused" && response.closes)
            #expect(try refused.isEnded())
            // A route may not upgrade what did not ask for it, or cannot (RFC 9110, 7.8).
            for (fields, version) in [([], "HTTP/1.1"), (Self.fields, "HTTP/1.0")] {
                let client = try server.connect()
                try client.send("GET", "/up", fields: fields, version: version)
                #expect(try client.receive().status == 400)
                #expect(try client.isEnded())
            }
        }
    }
}
