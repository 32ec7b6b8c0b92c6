import Gateway
import Testing

/// The wheel and the liveness of peers.
@Suite struct TimerTests {
    /// Two on each loop, looked at in the same turns: the end of the mute one is not the end of looking after the
    /// other.
    @Test func looksAfterThoseWhoOutliveAPeer() async throws {
        try await TestGateway.run {
            $0.settings.ping = .milliseconds(300)
            $0.settings.silence = .milliseconds(3_000)
        } _: { server in
            let sockets = try (0..<4).map { _ in try TestWebSocket(port: server.port) }
            for socket in sockets { _ = try socket.receiveStandings() }
            // Until both mute ones have been given up, and some turns longer.
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
