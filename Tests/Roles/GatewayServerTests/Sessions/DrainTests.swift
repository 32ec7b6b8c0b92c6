import Gateway
import Leaderboard
import StrictJSON
import TestSupport
import Testing

/// The drain of a gateway.
@Suite struct DrainTests {
    @Test func sendsClientsAwayWhenTheServerEnds() async throws {
        try await TestGateway.run {
            $0.settings.drainSpread = .milliseconds(5_000)
            $0.settings.drainPace = .milliseconds(400)
        } _: { server in
            let sockets = try (0..<20).map { _ in try TestWebSocket(port: server.port) }
            for socket in sockets { _ = try socket.receiveStandings() }
            #expect(server.gateway.readiness.whyNotReady() == nil)
            server.shutDown()
            var waits: Set<Int64> = []
            for socket in sockets {
                let message = try socket.receiveJSON()
                #expect(message["type"]?.string == "reconnect")
                let wait = try #require(message["after_ms"]?.integer)
                #expect((0...5_000).contains(wait))
                waits.insert(wait)
                #expect(try socket.receive() == .close(1012))
                try socket.send(opcode: 8, [0x03, 0xF4])
                #expect(try socket.receive() == .end)
            }
            #expect(waits.count > 10, "the times to come back are spread")
            #expect(server.gateway.readiness.whyNotReady() != nil)
        }
    }

    @Test func takesNoNewClientsAndGivesUpInTime() async throws {
        try await TestGateway.run {
            $0.settings.drainPace = .milliseconds(100)
            $0.drainLimit = .milliseconds(600)
            $0.settings.closeWait = .milliseconds(30_000)
        } _: { server in
            let deaf = try TestWebSocket(port: server.port)
            _ = try deaf.receiveStandings()
            let gateway = server.gateway
            Task { await gateway.drain() }
            #expect(try deaf.receiveJSON()["type"]?.string == "reconnect")
            #expect(try deaf.receive() == .close(1012))
            do {
                _ = try TestWebSocket(port: server.port)
                Issue.record("a draining node took a client")
            } catch let error as TestWebSocket.Refused {
                #expect(error.response.status == 503)
                #expect(error.response["retry-after"] == "1")
            }
            // It never answers the close frame.
            try waitUntil("the rest is cut") { gateway.connections == 0 }
        }
    }

    @Test func tellsWhyItIsNotReady() async throws {
        try await TestGateway.run {
            $0.canary = { FeedProof(whyLate: "the canary is late", ageMilliseconds: nil) }
        } _: { server in
            try waitUntil("all else is well") { server.gateway.readiness.whyNotReady() == "the canary is late" }
            server.store.tell(.cut)
            #expect(server.gateway.readiness.whyNotReady() == "the feed of changes is cut")
        }
    }
}
