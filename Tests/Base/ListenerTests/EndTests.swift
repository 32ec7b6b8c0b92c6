import Glibc
import NIOConcurrencyHelpers
import TestSupport
import Testing

/// Connections and the server end in order, and leave nothing in memory.
@Suite(.timeLimit(.minutes(1))) struct EndTests {
    @Test func survivesRoutesThatFail() async throws {
        try await TestServer.run { server in
            let client = try server.connect()
            try client.send("GET", "/throws")
            #expect(try client.receive().status == 500)
            try client.send("POST", "/fast", body: "x")
            #expect(try client.receive().body == "x")
            try client.send("GET", "/breaks")
            #expect(throws: TestClient.Failure.self) { try client.receive() }
        }
    }

    @Test func finishesWhatIsInWork() async throws {
        try await TestServer.run { server in
            let idle = try server.connect()
            try idle.send("POST", "/fast", body: "x")
            #expect(try idle.receive().status == 200)
            let idleHummingbird = try server.connect()
            try idleHummingbird.send("GET", "/hello")
            #expect(try idleHummingbird.receive().status == 200)
            let collecting = try server.connect()
            try collecting.send("POST", "/fast", fields: ["Content-Length: 5", "Expect: 100-continue"])
            #expect(try collecting.receive().status == 100)
            let answering = try server.connect()
            try answering.send(TestClient.request("GET", "/later?a") + TestClient.request("GET", "/later?b"))
            try waitUntil("the route") { server.later.count == 1 }
            let forwarded = try server.connect()
            try forwarded.send("GET", "/slow?x")
            try waitUntil("the route") { server.gate.count == 1 }
            let receiving = try server.connect()
            try receiving.send("POST", "/echo", fields: ["Content-Length: 5", "Expect: 100-continue"])
            #expect(try receiving.receive().status == 100)
            try receiving.send("abc")
            let upgraded = try server.connect()
            try upgraded.send("GET", "/up", fields: UpgradeTests.fields)
            #expect(try upgraded.receive().status == 101)
            let deciding = try server.connect()
            try deciding.send("GET", "/up?later", fields: UpgradeTests.fields)
            try waitUntil("the route") { server.up.watch.seen == 2 }

            server.shutDown()
            #expect(try idle.isEnded())
            #expect(try idleHummingbird.isEnded())
            #expect(try upgraded.isEnded())
            try waitUntil("the listener is closed") { (try? server.connect()) == nil }
            try collecting.send("abcde")
            try receiving.send("de")
            try server.later.answer()
            server.gate.open()
            for (client, body) in [
                (collecting, "abcde"), (answering, "later a"), (forwarded, "slow x"), (receiving, "abcde"),
            ] {
                let response = try client.receive()
                #expect(response.body == body && response.closes)
                #expect(try client.isEnded())
            }
            // The new protocol was added after the shutdown event, so it must be told separately.
            server.up.quiesced.withLockedValue { $0 = false }
            try server.up.decide()
            #expect(try deciding.receive().status == 101)
            #expect(try deciding.isEnded())
            #expect(server.up.quiesced.withLockedValue { $0 })
        }
    }

    /// A fast route's request has no task to wait for, so the listener itself must wait before the services stop.
    @Test(arguments: [false, true]) func whatRequestsNeedOutlivesThem(isWhole: Bool) async throws {
        try await TestServer.run { server in
            let client = try server.connect()
            if isWhole {
                try client.send("GET", "/later?a")
                try waitUntil("the route") { server.later.count == 1 }
            } else {
                try client.send("POST", "/fast", fields: ["Content-Length: 5", "Expect: 100-continue"])
                #expect(try client.receive().status == 100)
            }
            server.shutDown()
            try waitUntil("the listener is closed") { (try? server.connect()) == nil }
            for _ in 0..<30 {
                #expect(!server.need.hasEnded.withLockedValue { $0 })
                usleep(10_000)
            }
            if isWhole { try server.later.answer() } else { try client.send("abcde") }
            #expect(try client.receive().status == 200)
            try waitUntil("the end") { server.need.hasEnded.withLockedValue { $0 } }
        }
    }

    @Test func endsWhenCancelled() async throws {
        try await TestServer.run(cancels: true) { server in
            // These clients keep their connections open until after the server is cancelled.
            let client = try server.connect()
            try client.send("POST", "/fast", body: "x")
            #expect(try client.receive().body == "x")
            let hummingbird = try server.connect()
            try hummingbird.send("GET", "/hello")
            #expect(try hummingbird.receive().body == "hello")
            client.leave()
            hummingbird.leave()
        }
    }

    /// If the listening socket is closed, the process must end, so that a supervisor starts another. A node that runs
    /// but accepts nothing would go unnoticed.
    @Test func endsWhenItsSocketDoes() async throws {
        let failure = await #expect(throws: (any Error).self) {
            try await TestServer.run { server in
                let client = try server.connect()
                try client.send("POST", "/fast", body: "x")
                #expect(try client.receive().body == "x")
                try #require(shutdown(server.listeningSocket(), Int32(SHUT_RDWR)) == 0)
                #expect(try client.isEnded())
                try waitUntil("the end") { server.need.hasEnded.withLockedValue { $0 } }
            }
        }
        #expect(failure.map { "\($0)" }?.contains("listening socket was closed") == true)
    }

    @Test func failsWithoutItsPort() async throws {
        try await TestServer.run { server in
            #expect(throws: (any Error).self) { try server.runAnother() }
            let client = try server.connect()
            try client.send("POST", "/fast", body: "x")
            #expect(try client.receive().body == "x")
        }
    }

    @Test func forgetsConnections() async throws {
        let route = NIOLockedValueBox(WeakRoute())
        try await TestServer.run { server in
            route.withLockedValue { $0.route = server.up }
            for number in 0..<12 {
                let client = try server.connect()
                try client.send(
                    TestClient.request("POST", "/fast", body: "x") + TestClient.request("GET", "/hello")
                        + TestClient.request("GET", "/later"))
                #expect(try client.receive().status == 200)
                #expect(try client.receive().status == 200)
                try server.later.answer()
                #expect(try client.receive().status == 200)
                try client.send(
                    "GET", ["/up", "/up?refuse", "/up?later"][number % 3], fields: UpgradeTests.fields)
                if number % 3 < 2 { #expect([101, 403].contains(try client.receive().status)) }
                try waitUntil("the route") { server.up.watch.seen == number + 1 }
                if number % 2 == 0 { client.reset() } else { client.close() }
                if number % 3 == 2 { try server.up.decide() }
            }
            try waitUntil("all connections are gone") { server.up.watch.alive == 0 }
        }
        // Each connection's handler holds the routes.
        try await eventually("the routes are gone") { route.withLockedValue { $0.route == nil } }
    }

    private struct WeakRoute {
        weak var route: UpRoute?
    }
}
