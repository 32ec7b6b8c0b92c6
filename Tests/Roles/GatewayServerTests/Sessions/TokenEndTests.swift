import Dispatch
import Gateway
import Leaderboard
import StrictJSON
import TestSupport
import Testing

/// The effects of the end of a token on live connections.
@Suite struct TokenEndTests {
    private static let join = #"{"type":"join-room","board":"secret"}"#

    /// Runs `body` and checks that it took less than the 5 s in which the end of a token must take effect, plus the
    /// time that a busy machine may add.
    private static func inTime(_ body: () throws -> Void) throws {
        let start = DispatchTime.now()
        try body()
        let milliseconds = (DispatchTime.now().uptimeNanoseconds - start.uptimeNanoseconds) / 1_000_000
        #expect(milliseconds < 5_000 + machineSlackMilliseconds)
    }

    @Test func endsPrivateConnectionsWithTheToken() async throws {
        let tokens = try await TestTokens()
        try await TestGateway.run(tokens: { tokens.verifiers($0) }) { server in
            server.store.set("secret", version: 7, tell: false)
            let bearer = [("Authorization", "Bearer \(TestTokens.good)")]
            let first = try TestWebSocket(port: server.port, "/ws/scoreboard?board=secret", headers: bearer)
            let later = try TestWebSocket(port: server.port, headers: bearer)
            let left = try TestWebSocket(port: server.port, headers: bearer)
            let stream = try TestEvents(port: server.port, "?board=secret", headers: bearer)
            _ = try first.receiveStandings()
            for socket in [later, left] {
                _ = try socket.receiveStandings()
                try socket.send(text: Self.join)
                _ = try socket.receiveStandings()
            }
            try left.send(text: #"{"type":"leave-room","board":"secret"}"#)
            _ = try stream.receive()
            #expect(try first.isSilent(milliseconds: 100))

            tokens.advanceClock(milliseconds: 60_000)
            try Self.inTime {
                for socket in [first, later] {
                    #expect(try socket.receiveJSON()["code"]?.string == "unauthorized")
                    #expect(try socket.receiveClose() == 4401)
                }
                let last = try stream.receiveJSON()
                #expect(last.id == nil && last.json["type"]?.string == "error")
                #expect(last.json["code"]?.string == "unauthorized")
                #expect(try stream.receive() == nil, "the stream ends")
            }
            #expect(try server.count("connections_ended", [("reason", "token")]) == 3)
            // The public room goes on, and the private one does not begin again.
            try left.send(text: Self.join)
            #expect(try left.receiveJSON()["code"]?.string == "unauthorized")
            server.store.set(version: 2)
            #expect(try left.receiveStandings().version == 2)
        }
    }

    @Test func endsPrivateConnectionsWithTheKey() async throws {
        let tokens = try await TestTokens()
        try await TestGateway.run(tokens: { tokens.verifiers($0) }) { server in
            server.store.set("secret", version: 7, tell: false)
            func socket(_ token: String) throws -> TestWebSocket {
                try TestWebSocket(
                    port: server.port, "/ws/scoreboard?board=secret", headers: [("Authorization", "Bearer \(token)")])
            }
            let (ends, stays) = (try socket(TestTokens.good), try socket(TestTokens.another))
            for socket in [ends, stays] { _ = try socket.receiveStandings() }
            tokens.replaceKeys(["k2"])
            try Self.inTime {
                let code = try ends.receiveClose()
                #expect(code == 4401)
            }
            // Only the other one is left to check, and each check reads the clock.
            try waitUntil("its session has ended") { server.gateway.connections == 1 }
            let reads = tokens.clockReads
            try waitUntil("the other one was looked at again") { tokens.clockReads > reads }
            server.store.set("secret", version: 8)
            #expect(try stays.receiveStandings().version == 8)
        }
    }
}
