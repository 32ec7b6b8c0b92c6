import Gateway
import Testing

/// The wheel and the liveness of peers.
@Suite struct TimerTests {
    /// Each loop looks at two clients in the same turns: when the mute one ends, the loop still looks after the
    /// other.
    @Test func looksAfterThoseWhoOutliveAPeer() async throws {
        try await TestGateway.run {
            $0.settings.ping = .milliseconds(300)
            $0.settings.silence = .milliseconds(3_000)
        } _: { server in
            let sockets = try (0..<4).map { _ in try TestWebSocket(port: server.port) }
            for socket in sockets { _ = try socket.receiveStandings() }
            // This goes on until both mute ones have been given up, and some turns longer.
            var turns = 4
            let deadline = ContinuousClock.now + .seconds(30)
            while turns > 0 {
                try #require(ContinuousClock.now < deadline, "the mute ones are still there")
                if server.gateway.connections <= 2 { turns -= 1 }
                for socket in sockets[2...] {
                    #expect(try socket.receive() == .ping([]))
                    try socket.send(opcode: 10)
                }
            }
            #expect(server.gateway.connections == 2)
            withExtendedLifetime(sockets) {}
        }
    }
}
