import Listener
import NIOConcurrencyHelpers
import TestSupport
import Testing

/// Clients that do not read, that close one side, or that go away; and the time limits.
@Suite(.timeLimit(.minutes(1))) struct FlowTests {
    /// If a client does not read its responses, the server stops reading its requests, so that no responses pile up.
    @Test func stopsReadingFromWhoDoesNotRead() async throws {
        try await TestServer.run { server in
            let client = try server.connect(receiveBytes: 4096)
            let request = Array(TestClient.request("POST", "/fast", body: "f").utf8)
            let flood = Array(repeating: request, count: 250_000).flatMap { $0 }
            let sent = try client.sendSome(flood[...], within: 500)
            #expect(sent < flood.count, "the server has read it all")
            for _ in 0..<(sent / request.count) {
                guard try client.receive().body == "f" else { throw TestClient.Failure(call: "another answer") }
            }
            try client.send(Array(request.dropFirst(sent % request.count)))
            #expect(try client.receive().body == "f")
        }
    }

    @Test func cutsWhoDoesNotRead() async throws {
        try await TestServer.run {
            $0.stallSecondsMax = 1
        } _: { server in
            let hummingbird = try server.connect(receiveBytes: 4096)
            try hummingbird.send("GET", "/big")
            // Its response has begun, so its time is up before that of the next client.
            #expect(try hummingbird.read(1) == [UInt8(ascii: "H")])
            let fast = try server.connect(receiveBytes: 4096)
            let request = Array(TestClient.request("POST", "/fast", body: "f").utf8)
            let flood = Array(repeating: request, count: 250_000).flatMap { $0 }
            do {
                // The server reads nothing more. Sending fails once it closes the connection.
                while true { _ = try fast.sendSome(flood[...], within: 100) }
            } catch let error as TestClient.Failure {
                #expect(error.call == "send")
            }
            #expect(throws: TestClient.Failure.self) {
                guard try hummingbird.receive().body.utf8.count < TestServer.bigBytes else { return }
            }
        }
    }

    @Test func writesAllToSlowReaders() async throws {
        try await TestServer.run { server in
            for fields in [[], ["Connection: close"]] {
                let client = try server.connect(receiveBytes: 65536)
                try client.send("GET", "/big", fields: fields)
                #expect(try client.receive().body.utf8.count == TestServer.bigBytes)
            }
            // NIO drops unwritten bytes when both sides are closed.
            let client = try server.connect(receiveBytes: 65536)
            try client.send("GET", "/big")
            client.endOutput()
            #expect(try client.receive().body.utf8.count == TestServer.bigBytes)
            #expect(try client.isEnded())
        }
    }

    /// A client that has closed its side still gets all responses.
    @Test func answersHalfClosedClients() async throws {
        try await TestServer.run { server in
            let client = try server.connect()
            try client.send(
                TestClient.request("GET", "/later?a") + TestClient.request("GET", "/hello")
                    + TestClient.request("POST", "/fast", body: "b") + TestClient.request("POST", "/echo", body: "c")
                    + TestClient.request("GET", "/later?d"))
            client.endOutput()
            try server.later.answer()
            for body in ["later a", "hello", "b", "c"] { #expect(try client.receive().body == body) }
            #expect(try client.isSilent(milliseconds: 50))
            try server.later.answer()
            #expect(try client.receive().body == "later d")
            #expect(try client.isEnded())
        }
    }

    @Test(arguments: ["/fast", "/echo"]) func refusesHalfRequests(target: String) async throws {
        try await TestServer.run { server in
            let client = try server.connect()
            try client.send("POST", target, fields: ["Content-Length: 5"])
            try client.send("abc")
            client.endOutput()
            #expect(try client.receive().status == 400)
            #expect(try client.isEnded())
            let silent = try server.connect()
            silent.endOutput()
            #expect(try silent.isEnded())
            if target == "/echo" {
                try waitUntil("the route ends") { server.bodies.withLockedValue { $0 } == ["failed"] }
            }
        }
    }

    @Test func outlivesClients() async throws {
        try await TestServer.run { server in
            for reset in [true, false] {
                for target in ["/later", "/slow", "/up?later"] {
                    let client = try server.connect()
                    try client.send(
                        "GET", target, fields: target == "/up?later" ? ["Upgrade: echo", "Connection: upgrade"] : [])
                    if target == "/slow" { try waitUntil("the route") { server.gate.count > 0 } }
                    if target == "/later" { try waitUntil("the route") { server.later.count > 0 } }
                    if target == "/up?later" { try waitUntil("the route") { server.up.watch.seen > 0 } }
                    if reset { client.reset() } else { client.close() }
                    if target == "/later" { try server.later.answer(times: 2) }
                    if target == "/up?later" { try server.up.decide() }
                }
            }
            server.gate.open()
            let client = try server.connect()
            try client.send("GET", "/hello")
            #expect(try client.receive().body == "hello")
        }
    }

    // MARK: Time

    @Test func cutsSlowRequests() async throws {
        try await TestServer.run {
            $0.requestSecondsMax = 1
        } _: { server in
            let silent = try server.connect()
            let head = try server.connect()
            try head.send("POST /fast HT")
            let fast = try server.connect()
            try fast.send("POST", "/fast", fields: ["Content-Length: 5"])
            let hummingbird = try server.connect()
            try hummingbird.send("POST", "/echo", fields: ["Content-Length: 5"])
            let upgrade = try server.connect()
            try upgrade.send("GET", "/up", fields: ["Upgrade: echo", "Connection: upgrade", "Content-Length: 5"])
            // A request that arrived in time may take longer to answer, so this connection stays open.
            let slow = try server.connect()
            try slow.send("GET", "/slow")
            for client in [fast, hummingbird, upgrade] {
                let response = try client.receive()
                #expect(response.status == 408 && response.closes)
                #expect(try client.isEnded())
            }
            #expect(try silent.isEnded())
            #expect(try head.isEnded())
            try waitUntil("the route ends") { server.bodies.withLockedValue { $0 } == ["failed"] }
            server.gate.open()
            #expect(try slow.receive().status == 200)
        }
    }

    @Test func cutsIdleConnections() async throws {
        try await TestServer.run {
            $0.idleSecondsMax = 1
        } _: { server in
            let clients = try (0..<50).map { _ in try server.connect() }
            for (number, client) in clients.enumerated() {
                try client.send(number % 2 == 0 ? "POST" : "GET", number % 2 == 0 ? "/fast" : "/hello")
            }
            for client in clients { #expect(try client.receive().status == 200) }
            for client in clients { #expect(try client.isEnded()) }
        }
    }

    @Test func cutsWhatIsNeverAnswered() async throws {
        try await TestServer.run {
            $0.answerSecondsMax = 1
        } _: { server in
            let client = try server.connect()
            try client.send("GET", "/later")
            #expect(try client.isEnded())
            try server.later.answer()
        }
    }
}
