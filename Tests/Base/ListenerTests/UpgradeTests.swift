import NIOConcurrencyHelpers
import TestSupport
import Testing

/// Upgrades: connections that leave HTTP.
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

    /// Bytes that arrive before the decision are kept, but only up to a bound.
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
            #expect(response.status == 403 && response.body == "refused" && !response.closes)
            try refused.send("POST", "/fast", body: "next")
            #expect(try refused.receive().body == "next")
            // A route may not upgrade a request that did not ask for it, or that is HTTP/1.0 (RFC 9110, 7.8).
            for (fields, version) in [([], "HTTP/1.1"), (Self.fields, "HTTP/1.0")] {
                let client = try server.connect()
                try client.send("GET", "/up", fields: fields, version: version)
                #expect(try client.receive().status == 400)
                #expect(try client.isEnded())
            }
        }
    }

    // MARK: Offers that are not taken

    static let h2c = [
        "Upgrade: h2c", "Connection: Upgrade, HTTP2-Settings", "HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA",
    ]

    /// If no route takes an offer, the request is served as if it had none (RFC 9110, 7.8). The connection stays open.
    @Test(arguments: [
        ("POST", "/fast"), ("GET", "/hello"), ("GET", "/nothing"), ("POST", "/echo"), ("GET", "/up?refuse"),
        ("HEAD", "/hello"), ("HEAD", "/up?stream"), ("OPTIONS", "*"), ("GET", "/empty"),
    ])
    func staysAfterAnOffer(method: String, target: String) async throws {
        try await TestServer.run { server in
            let body = method == "POST" ? "abc" : nil
            let offer = TestClient.request(method, target, fields: Self.h2c, body: body)
            let plain = TestClient.request("POST", "/fast", body: "next")
            let client = try server.connect()
            for _ in 0..<3 {
                try client.send(offer)
                let response = try client.receive(toHead: method == "HEAD")
                #expect(!response.closes && response.status != 400)
                if body != nil { #expect(response.body == body) }
                try client.send(plain)
                #expect(try client.receive().body == "next")
            }
            // Several requests in one write, and then a request byte by byte.
            try client.send(offer + plain + offer + offer + plain)
            for isHead in [true, false, true, true, false] {
                let response = try client.receive(toHead: isHead && method == "HEAD")
                if !isHead { #expect(response.body == "next") }
            }
            for byte in (offer + plain).utf8 { try client.send([byte]) }
            _ = try client.receive(toHead: method == "HEAD")
            #expect(try client.receive().body == "next")
        }
    }

    /// A connection can still leave HTTP after offers that were not taken, also if the upgrade is pipelined.
    @Test(arguments: [true, false]) func upgradesAfterAnOffer(isPipelined: Bool) async throws {
        try await TestServer.run { server in
            let client = try server.connect()
            let offer = TestClient.request("GET", "/hello", fields: Self.h2c)
            let upgrade = TestClient.request("GET", "/up", fields: Self.fields) + "early"
            if isPipelined {
                try client.send(offer + upgrade)
                #expect(try client.receive().body == "hello")
            } else {
                try client.send(offer)
                #expect(try client.receive().body == "hello")
                try client.send(upgrade)
            }
            #expect(try client.receive().status == 101)
            try client.send(" late")
            #expect(try client.read(10).map { String(decoding: $0, as: UTF8.self) } == "early late")
        }
    }

    /// The parser stops after a request with an upgrade, and decides that by its own reading of `Connection`. If the
    /// server might read the field differently, it closes the connection. No request is lost or answered twice.
    @Test func agreesWithTheParser() async throws {
        let lists = [
            "upgrade", "Upgrade", "UPGRADE", "keep-alive, Upgrade", "Upgrade, keep-alive", "upgrade,HTTP2-Settings",
            " upgrade ", "upgrade ,x", "x,upgrade", "x, upgrade ", ",upgrade", "upgrade,", ",,upgrade,,",
            "upgrade,upgrade",
            "upgrade\t", "\tupgrade", "\tupgrade\t,x", "x\t,\tupgrade", "upgrade x", "x upgrade", "upgradex",
            "xupgrade",
            "up,grade", "\"upgrade\"", "upgrade;q=1", "keep-alive", "keep-aliveupgrade", "keep-alive upgrade", "",
            "x", "upgrade=1", "upgrad,upgrade", "close, upgrade", "upgrade, close", "te, upgrade", "u pgrade",
        ]
        try await TestServer.run { server in
            for list in lists {
                for name in ["Connection", "Proxy-Connection", "connection"] {
                    let client = try server.connect()
                    client.patienceMilliseconds = 5_000
                    let offer = TestClient.request("GET", "/hello", fields: ["\(name): \(list)", "Upgrade: h2c"])
                    try client.send(offer + TestClient.request("POST", "/fast", body: "next"))
                    let first = try client.receive()
                    #expect(first.body == "hello", "\(name): \(list)")
                    if !first.closes {
                        #expect(try client.receive().body == "next", "\(name): \(list)")
                        try client.send("POST", "/fast", body: "last")
                        #expect(try client.receive().body == "last", "\(name): \(list)")
                    }
                }
            }
        }
    }
}
