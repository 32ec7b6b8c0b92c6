import Access
import Basics
import Gateway
import Leaderboard
import MetricsTestKit
import TestSupport
import Testing

/// The limits on the number of connections, and on their rate.
@Suite struct LimitTests {
    // MARK: Rate

    /// Opens `count` connections and asks for a WebSocket on each, without waiting for an answer.
    private static func storm(_ count: Int, port: Int) throws -> [TestConnection] {
        let connections = try (0..<count).map { _ in try TestConnection(port: port) }
        for connection in connections {
            try connection.send(
                TestHTTP.request("GET", "/ws/scoreboard", port: port, headers: TestWebSocket.handshake))
        }
        return connections
    }

    private static func seconds(since start: ContinuousClock.Instant) -> Double {
        (ContinuousClock.now - start) / .seconds(1)
    }

    @Test func admitsAStormAtTheRate() async throws {
        try await TestGateway.run {
            $0.settings.joinRate = RateLimit(count: 20, periodMilliseconds: 1_000)
            $0.settings.joinWait = .milliseconds(1_000)
        } _: { server in
            let start = ContinuousClock.now
            let connections = try Self.storm(60, port: server.port)
            try waitUntil("the first of each loop is in") { server.gateway.connections >= 2 }
            let admitted = server.gateway.connections
            #expect(admitted <= 14 + Int(20 * Self.seconds(since: start)), "and no more of them than the rate")
            let answers = try connections.map { try TestHTTP.readResponse(from: $0) }
            let taken = answers.count { $0.status == 101 }
            // Two loops, each with five at once, ten a second and a second of waiting. A busy machine spreads the
            // arrivals over the whole time except the wait of the last one.
            let arrivals = max(0, Self.seconds(since: start) - 1)
            #expect((30...32 + Int(20 * arrivals)).contains(taken))
            let refused = answers.filter { $0.status == 503 }
            #expect(refused.count == 60 - taken)
            let waits = refused.compactMap { $0["retry-after"].flatMap { Int($0) } }
            #expect(waits.count == refused.count && waits.allSatisfy { (1...10).contains($0) })
            // In practice, 15 waits or more are never all the same.
            if waits.count >= 15 { #expect(Set(waits).count > 1, "they are not to come back together") }
            #expect(try server.count("upgrades_refused", [("reason", "rate")]) == refused.count)
            #expect(try server.count("handshakes_delayed") >= 18 - Int64(20 * arrivals))
            let gauge = try server.metrics.expectRecorder("scorecast_gateway_handshakes_waiting")
            #expect(gauge.lastValue == 0 && gauge.values.contains { $0 > 5 - 10 * arrivals })
        }
    }

    /// The turn of the next one is in four seconds, when the loop looks at the waiting ones again. A busy machine has
    /// enough time to do the rest of the test before that.
    private static let oneForEachLoop = RateLimit(count: 2, periodMilliseconds: 4_000)

    @Test func whoWaitsCanLeave() async throws {
        try await TestGateway.run {
            $0.settings.joinRate = Self.oneForEachLoop
        } _: { server in
            let connections = try Self.storm(4, port: server.port)
            try waitUntil("two wait") { (try? server.count("handshakes_delayed")) == 2 }
            connections.suffix(2).forEach { $0.close() }
            try waitUntil("two are gone") { (try? server.count("upgrades_refused", [("reason", "gone")])) == 2 }
            let answers = try connections.prefix(2).map { try TestHTTP.readResponse(from: $0).status }
            #expect(answers == [101, 101])
            #expect(server.gateway.connections == 2)
            withExtendedLifetime(connections) {}
        }
    }

    @Test func whoWaitsIsSentAwayByADrain() async throws {
        try await TestGateway.run {
            $0.settings.joinRate = Self.oneForEachLoop
        } _: { server in
            let connections = try Self.storm(4, port: server.port)
            try waitUntil("two wait") { (try? server.count("handshakes_delayed")) == 2 }
            server.shutDown()
            let statuses = try connections.suffix(2).map { try TestHTTP.readResponse(from: $0).status }
            #expect(statuses == [503, 503], "\(statuses)")
        }
    }

    @Test func whoWaitsCountsAsConnected() async throws {
        try await TestGateway.run {
            $0.settings.joinRate = Self.oneForEachLoop
            $0.settings.connectionsMax = 4
        } _: { server in
            let connections = try Self.storm(4, port: server.port)
            try waitUntil("two wait") { (try? server.count("handshakes_delayed")) == 2 }
            let error = #expect(throws: TestWebSocket.Refused.self) { try TestWebSocket(port: server.port) }
            #expect(error?.response.status == 503 && error?.response["retry-after"] == "5")
            #expect(try server.count("upgrades_refused", [("reason", "capacity")]) == 1)
            connections.forEach { $0.close() }
        }
    }

    // MARK: Addresses

    @Test func limitsTheConnectionsOfAnAddress() async throws {
        try await TestGateway.run {
            $0.settings.addressConnectionsMax = 2
        } _: { server in
            let socket = try TestWebSocket(port: server.port)
            let stream = try TestEvents(port: server.port)
            _ = try socket.receiveStandings()
            _ = try stream.receive()
            // The gateway does not believe the address that a client claims.
            let error = #expect(throws: TestWebSocket.Refused.self) {
                try TestWebSocket(port: server.port, headers: [("X-Forwarded-For", "192.0.2.1")])
            }
            #expect(error?.response.status == 429 && error?.response["retry-after"] == "10")
            #expect(error?.response.body.contains("rate_limited") == true)
            #expect(try TestEvents(port: server.port).response.status == 429)
            #expect(try server.count("upgrades_refused", [("reason", "address")]) == 2)
            for close in [socket.drop, stream.drop] {
                let before = server.gateway.connections
                close()
                try waitUntil("a place is free") { server.gateway.connections < before }
                _ = try TestWebSocket(port: server.port).receiveStandings()
                try waitUntil("it is gone, too") { server.gateway.connections < before }
            }
        }
    }

    @Test func findsAddressesBehindTrustedProxies() async throws {
        try await TestGateway.run {
            $0.settings.addressConnectionsMax = 1
            $0.isTrustedProxy = { $0 == [127, 0, 0, 1] }
        } _: { server in
            func open(_ forwarded: String) throws -> TestWebSocket {
                let socket = try TestWebSocket(port: server.port, headers: [("X-Forwarded-For", forwarded)])
                _ = try socket.receiveStandings()
                return socket
            }
            var sockets = [
                try open("192.0.2.1"), try open("192.0.2.2"), try open("192.0.2.1, 192.0.2.3"),
                try open("2001:db8:0:1::1"), try open("2001:db8:0:2::1"),
            ]
            for taken in ["192.0.2.1", "10.0.0.1, 192.0.2.2", "2001:db8:0:1:ffff::2", "::ffff:192.0.2.3"] {
                let error = #expect(throws: TestWebSocket.Refused.self, "\(taken)") { try open(taken) }
                #expect(error?.response.status == 429)
            }
            sockets.removeFirst().drop()
            try waitUntil("the place is free") { server.gateway.connections == 4 }
            sockets.append(try open("192.0.2.1"))
        }
    }
}
