import API
import Access
import Basics
import Crypto
import Dispatch
import Foundation
import Gateway
import Leaderboard
import NIOConcurrencyHelpers
import NIOCore
import Signing
import StrictJSON
import TestSupport
import Testing

/// Access to a private board, from end to end: real tokens and clocks, and a board that is kept in a real Redis.
@Suite(.timeLimit(.minutes(1))) struct RedisAccessTests {
    private static let secret = Array("0123456789abcdef0123456789abcdef".utf8)
    private static let (issuer, audience) = ("https://id.example/", "scorecast")

    private static func verifier(
        _ secrets: [[UInt8]], generation: UInt64
    ) async throws -> TokenVerifier {
        var keys: [TokenKey] = []
        for secret in secrets { keys.append(try await TokenKey.hs256(secret: secret)) }
        return try TokenVerifier(keys: keys, issuer: issuer, audience: audience, generation: generation)
    }

    /// A token with these claims, made from the written form alone (RFC 7519).
    private static func token(
        expiresIn seconds: Int64 = 3_600, expiresAt: Int64? = nil, secret: [UInt8] = secret,
        issuer: String = issuer, audience: String = audience, more: String = ""
    ) -> String {
        func encoded(_ bytes: some Sequence<UInt8>) -> String {
            Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing(
                "=", with: "")
        }
        let end = expiresAt ?? WallClock.milliseconds() / 1_000 + seconds
        let claims = #"{"sub":"u1","iss":"\#(issuer)","aud":"\#(audience)","exp":\#(end)\#(more)}"#
        let signed = encoded(#"{"alg":"HS256","typ":"JWT"}"#.utf8) + "." + encoded(claims.utf8)
        let code = HMAC<SHA256>.authenticationCode(for: Data(signed.utf8), using: SymmetricKey(data: secret))
        return signed + "." + encoded(code)
    }

    /// Runs a gateway with a private and a public board on a fresh Redis.
    private static func run(
        _ secrets: [[UInt8]] = [secret],
        _ body: @escaping @Sendable (TestGateway, RedisBoards, TokenVerifiers) throws -> Void
    ) async throws {
        let verifier = try await verifier(secrets, generation: 1)
        try await RedisBoards.run { boards in
            let verifiers = NIOLockedValueBox<TokenVerifiers?>(nil)
            try await TestGateway.run {
                $0.boards = TestBoards(boards.all)
            } tokens: { loops in
                let tokens = TokenVerifiers(verifier: verifier, group: loops, now: WallClock.milliseconds)
                verifiers.withLockedValue { $0 = tokens }
                return tokens
            } feed: {
                boards.feed
            } reader: {
                boards.reader
            } _: { server in
                try body(server, boards, try #require(verifiers.withLockedValue { $0 }))
            }
        }
    }

    private static func watch(_ server: TestGateway, _ boards: RedisBoards, _ token: String) throws -> TestWebSocket {
        let offered = [("Sec-WebSocket-Protocol", "scorecast.v1, bearer.\(token)")]
        return try TestWebSocket(port: server.port, "/ws/scoreboard?board=\(boards.hidden.id)", headers: offered)
    }

    @Test func endsWhenTheTokenDoes() async throws {
        try await Self.run { server, boards, _ in
            try boards.add(to: boards.hidden, "ann", 5)
            let target = "board=\(boards.hidden.id)"
            let end = WallClock.milliseconds() / 1_000 + 6
            let (short, long) = (Self.token(expiresAt: end), Self.token())
            let socket = try Self.watch(server, boards, short)
            #expect(socket.response["sec-websocket-protocol"] == "scorecast.v1")
            let stays = try Self.watch(server, boards, long)
            let stream = try TestEvents(
                port: server.port, "?" + target, headers: [("Authorization", "Bearer \(short)")])
            #expect(try socket.receiveStandings().entries == 1)
            #expect(try stays.receiveStandings().version == 1)
            #expect(try stream.receive() != nil)
            // All three get changes.
            try boards.add(to: boards.hidden, "bob", 7)
            #expect(try socket.receiveStandings(through: 2).last?.entries == 2)
            #expect(try stays.receiveStandings(through: 2).last?.entries == 2)
            #expect(try stream.receive() != nil)

            // It takes up to five seconds after the end of the token until the connections end.
            #expect(try socket.receiveJSON()["code"]?.string == "unauthorized")
            #expect(try socket.receiveClose() == 4401)
            let last = try stream.receiveJSON()
            #expect(last.json["code"]?.string == "unauthorized")
            #expect(try stream.receive() == nil, "the stream ends")
            let milliseconds = WallClock.milliseconds() - end * 1_000
            #expect((0..<5_000 + Int64(machineSlackMilliseconds)).contains(milliseconds))
            #expect(try server.count("connections_ended", [("reason", "token")]) == 2)

            try boards.add(to: boards.hidden, "cat", 9)
            #expect(try stays.receiveStandings(through: 3).last?.entries == 3)
        }
    }

    @Test func endsWhenTheKeyIsGone() async throws {
        let other = Array("fedcba9876543210fedcba9876543210".utf8)
        let onlyOther = try await Self.verifier([other], generation: 2)
        try await Self.run([Self.secret, other]) { server, boards, tokens in
            try boards.add(to: boards.hidden, "ann", 5)
            let ends = try Self.watch(server, boards, Self.token())
            let stays = try Self.watch(server, boards, Self.token(secret: other))
            for socket in [ends, stays] { _ = try socket.receiveStandings() }
            let start = DispatchTime.now()
            tokens.replace(onlyOther)
            #expect(try ends.receiveClose() == 4401)
            let milliseconds = (DispatchTime.now().uptimeNanoseconds - start.uptimeNanoseconds) / 1_000_000
            #expect(milliseconds < 5_000 + machineSlackMilliseconds)
            #expect(try Self.watch(server, boards, Self.token()).receiveClose() == 4401)
            try boards.add(to: boards.hidden, "bob", 7)
            #expect(try stays.receiveStandings(through: 2).last?.entries == 2)
        }
    }

    @Test func refusesWhatIsNotMeantForIt() async throws {
        try await Self.run { server, boards, _ in
            try boards.add(to: boards.open, "ann", 5)
            try boards.add(to: boards.hidden, "ann", 5)
            let bad: [(what: String, token: String)] = [
                ("another issuer", Self.token(issuer: "https://evil.example/")),
                ("another audience", Self.token(audience: "shop")),
                ("an unknown role", Self.token(more: #","role":"owner""#)),
                ("not yet valid", Self.token(more: #","nbf":\#(WallClock.milliseconds() / 1_000 + 600)"#)),
                ("past its end and the leeway", Self.token(expiresIn: -31)),
                ("another key", Self.token(secret: Array(repeating: 1, count: 32))),
                ("no signature", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ1MSIsImV4cCI6OTk5OTk5OTk5OX0."),
                ("no token at all", "good"),
            ]
            for (what, token) in bad {
                let socket = try Self.watch(server, boards, token)
                #expect(try socket.receiveJSON()["code"]?.string == "unauthorized", "\(what)")
                #expect(try socket.receiveClose() == 4401, "\(what)")
                let stream = try TestEvents(
                    port: server.port, "?board=\(boards.hidden.id)", headers: [("Authorization", "Bearer \(token)")])
                #expect(stream.response.status == 401, "\(what)")
                // A bad token does not close a public board; but it does not open a private room.
                let offered = [("Sec-WebSocket-Protocol", "scorecast.v1, bearer.\(token)")]
                let guest = try TestWebSocket(
                    port: server.port, "/ws/scoreboard?board=\(boards.open.id)", headers: offered)
                #expect(try guest.receiveStandings().entries == 1)
                try guest.send(text: #"{"type":"join-room","board":"\#(boards.hidden.id)"}"#)
                #expect(try guest.receiveJSON()["code"]?.string == "unauthorized", "\(what)")
            }
            for role in ["player", "service", "admin"] {
                let socket = try Self.watch(server, boards, Self.token(more: #","role":"\#(role)""#))
                #expect(try socket.receiveStandings().entries == 1, "\(role)")
            }
        }
    }

    /// The page's origin is checked before the token: another page learns nothing, and gets no upgrade.
    @Test func checksOriginsFirst() async throws {
        try await Self.run { server, boards, _ in
            try boards.add(to: boards.hidden, "ann", 5)
            for board in [boards.hidden, boards.open] {
                let headers = [
                    ("Origin", "https://evil.example"),
                    ("Sec-WebSocket-Protocol", "scorecast.v1, bearer.\(Self.token())"),
                ]
                let error = #expect(throws: TestWebSocket.Refused.self) {
                    try TestWebSocket(port: server.port, "/ws/scoreboard?board=\(board.id)", headers: headers)
                }
                #expect(error?.response.status == 403 && error?.response.body.contains("forbidden") == true)
            }
            #expect(try server.count("upgrades_refused", [("reason", "origin")]) == 2)
            #expect(try server.count("upgrades_refused", [("reason", "token")]) == 0)
        }
    }
}
