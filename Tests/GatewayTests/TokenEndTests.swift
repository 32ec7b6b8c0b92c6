import API
import Dispatch
import Gateway
import Leaderboard
import NIOCore
import Operations
import Signing
import StrictJSON
import Testing

/// What happens on live connections when a token ends.
@Suite struct TokenEndTests {
    private static let join = #"{"type":"join-room","board":"secret"}"#

    /// Runs `body` and checks that it took less than the 5 s that the end of a token may take to show.
    private static func inTime(_ body: () throws -> Void) throws {
        let start = DispatchTime.now()
        try body()
        let milliseconds = (DispatchTime.now().uptimeNanoseconds - start.uptimeNanoseconds) / 1_000_000
        #expect(milliseconds < 5_000)
    }

    @Test func endsPrivateConnectionsWithTheToken() async throws {
        let tokens = TestTokens()
        try await TestGateway.run(tokens: { _ in tokens }) { server in
            server.store.set("secret", version: 7, tell: false)
            let bearer = [("Authorization", "Bearer good")]
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

            tokens.change { $0.now += 60_000 }
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
            // What is public goes on, and what is private does not begin again.
            try left.send(text: Self.join)
            #expect(try left.receiveJSON()["code"]?.string == "unauthorized")
            server.store.set(version: 2)
            #expect(try left.receiveStandings().version == 2)
        }
    }

    @Test func endsPrivateConnectionsWithTheKey() async throws {
        let tokens = TestTokens()
        tokens.change { $0.good["another"] = $0.now + 60_000 }
        try await TestGateway.run(tokens: { _ in tokens }) { server in
            server.store.set("secret", version: 7, tell: false)
            func socket(_ token: String) throws -> TestWebSocket {
                try TestWebSocket(
                    port: server.port, "/ws/scoreboard?board=secret", headers: [("Authorization", "Bearer \(token)")])
            }
            let (ends, stays) = (try socket("good"), try socket("another"))
            for socket in [ends, stays] { _ = try socket.receiveStandings() }
            #expect(tokens.checks.count == 2)
            tokens.change { state in
                state.generation = 2
                state.good["good"] = nil
            }
            try Self.inTime {
                let code = try ends.receiveClose()
                #expect(code == 4401)
            }
            try waitUntil("the other one was checked again") { tokens.checks.count { $0 == "another" } == 2 }
            server.store.set("secret", version: 8)
            #expect(try stays.receiveStandings().version == 8)
        }
    }

    /// The whole way with real tokens and the real clock.
    @Test func endsRealTokens() async throws {
        let key = try await TokenKey.hs256(secret: Array(repeating: 7, count: 32))
        let verifier = try TokenVerifier(keys: [key])
        func token(_ seconds: Int64) throws -> String {
            let now = WallClock.milliseconds()
            return try TokenIssuer(key: key).sign(sub: "u1", issuedAt: now - 60_000, expiresAt: now + seconds * 1000)
        }
        let (short, overdue, over) = (try token(2), try token(-5), try token(-31))
        try await TestGateway.run(tokens: { loops in
            NodeWatcherTokens(TokenVerifiers(verifier: verifier, group: loops), now: WallClock.milliseconds)
        }) { server in
            server.store.set("secret", version: 7, tell: false)
            func socket(_ token: String) throws -> TestWebSocket {
                try TestWebSocket(
                    port: server.port, "/ws/scoreboard?board=secret",
                    headers: [("Sec-WebSocket-Protocol", "scorecast.v1, bearer.\(token)")])
            }
            let live = try socket(short)
            let late = try socket(overdue)
            for socket in [live, late] { #expect(try socket.receiveStandings().version == 7) }
            #expect(try socket(over).receiveClose() == 4401)
            #expect(try socket(String(short.dropLast(4)) + "AAAA").receiveClose() == 4401)
            // Two seconds to live, and up to five until it shows.
            live.patienceMilliseconds = 7_000
            #expect(try live.receiveJSON()["code"]?.string == "unauthorized")
            #expect(try live.receiveClose() == 4401)
            #expect(try late.isSilent(milliseconds: 50), "it has the rest of the leeway")
        }
    }

    @Test func aTermIsJudgedByTimeAndKeys() {
        let term = TokenTerm(expiresAt: 1_000, leeway: 300, now: 400, generation: 2)
        #expect(term.standing(now: 400, generation: 2) == .holds(milliseconds: 600))
        #expect(term.standing(now: 999, generation: 2) == .holds(milliseconds: 1))
        #expect(term.standing(now: 1_000, generation: 2) == .over)
        #expect(term.standing(now: 400, generation: 3) == .uncertain)
        #expect(term.standing(now: 400, generation: nil) == .uncertain)
        #expect(term.standing(now: 1_000, generation: 3) == .over)
        let late = TokenTerm(expiresAt: 1_000, leeway: 300, now: 1_000, generation: 2)
        #expect(late.standing(now: 1_299, generation: 2) == .holds(milliseconds: 1))
        #expect(late.standing(now: 1_300, generation: 2) == .over)
    }
}
