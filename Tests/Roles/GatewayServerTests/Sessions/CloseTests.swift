import Gateway
import TestSupport
import Testing

/// The closing handshake with a client that has not read all of its messages.
@Suite struct CloseTests {
    /// The last steps of a client, after its close frame.
    enum Last: CaseIterable {
        case nothing, closesAgain, endsItsOutput, closesAgainAndEndsItsOutput
    }

    @Test(arguments: Last.allCases) func answersTheCloseFrameOfASlowReader(_ last: Last) async throws {
        try await TestGateway.run {
            $0.settings.linger = .milliseconds(0)
        } _: { server in
            let socket = try Self.oweMuch(server, last)
            try waitUntil("the close frame was read") { !server.store.isWatched("wide") }
            var incoming = try socket.receive()
            while case .text = incoming { incoming = try socket.receive() }
            try #require(incoming == .close(1000))
            #expect(try socket.receive() == .end)
            // A client that does nothing more gets the whole time for closing.
            if last != .nothing { try waitUntil("the connection is gone") { server.gateway.connections == 0 } }
        }
    }

    @Test(arguments: Last.allCases) func cutsAClientThatTakesNothing(_ last: Last) async throws {
        try await TestGateway.run {
            $0.settings.closeWait = .milliseconds(300)
        } _: { server in
            let socket = try Self.oweMuch(server, last)
            try waitUntil("the connection is cut") { server.gateway.connections == 0 }
            withExtendedLifetime(socket) {}
        }
    }

    /// Makes a client that has asked for far more than the kernel's buffers hold, and has sent a close frame.
    private static func oweMuch(_ server: TestGateway, _ last: Last) throws -> TestWebSocket {
        server.store.set("wide", version: 1, users: 100, tell: false)
        let socket = try TestWebSocket(
            port: server.port, "/ws/scoreboard?board=wide&limit=100", receiveBytes: 4096)
        _ = try socket.receiveStandings()
        #expect(server.store.isWatched("wide"))
        // All of this fits in one read of the server, which does not read again from a client that reads nothing.
        let join = Array(#"{"type":"join-room","board":"wide","limit":100}"#.utf8)
        let close = ClientFrame.bytes(opcode: 8, [0x03, 0xE8])
        let joins = (0..<20).flatMap { _ in ClientFrame.bytes(opcode: 1, join) }
        let closesAgain = last == .closesAgain || last == .closesAgainAndEndsItsOutput
        try socket.send(raw: joins + (closesAgain ? close + close : close))
        if last == .endsItsOutput || last == .closesAgainAndEndsItsOutput { socket.endSending() }
        return socket
    }
}
