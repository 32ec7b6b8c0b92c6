import NIOCore
import ScorecastClient
import TestSupport
import Testing

/// Servers that refuse, break the rules, fall silent or go away.
@Suite struct ConnectionLossTests {
    private static let refusal =
        #"{"status":"error","code":"unknown_board","message":"No such board."}"#

    /// Follows a server whose first connection follows the script and whose later ones work, until one works.
    private func mended(
        after acts: [ScriptedServer.Act], _ change: (inout ScoreboardConfiguration) -> Void = { _ in }
    ) async throws -> (Following, ScriptedServer) {
        let server = try await ScriptedServer { number, _ in
            number == 0 ? acts : [.accept, .text(Text.snapshot(50))]
        }
        let following = try Following(server.url, change)
        try await eventually { following.versions.last == 50 }
        #expect(server.requests.count == 2)
        return (following, server)
    }

    // MARK: Handshake

    @Test(
        arguments: [(400, .refused), (401, .unauthorized), (403, .forbidden), (404, .notFound)]
            as [(Int, ScoreboardError.Kind)])
    func aRefusalOfTheClientIsTheEnd(status: Int, kind: ScoreboardError.Kind) async throws {
        let body = Self.refusal
        let server = try await ScriptedServer { _, _ in
            [.answer("HTTP/1.1 \(status) No\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")]
        }
        let following = try Following(server.url)
        try await eventually { following.hasEnded }
        let error = try #require(following.error)
        #expect(error.kind == kind && error.status == status && error.serverCode == "unknown_board")
        #expect(error.message.contains("No such board."))
        #expect(try await following.follower.counters().get().refusals == 1)
        #expect(server.requests.count == 1)
        try await server.stop()
    }

    @Test(arguments: [
        "HTTP/1.1 503 Busy\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 429 Slow\r\nRetry-After: 1\r\nContent-Length: 100\r\n\r\ncut short",
        "HTTP/1.1 500 No\r\nRetry-After: 1\r\nContent-Length: 9000\r\n\r\n" + String(repeating: "a", count: 5000),
    ])
    func aBusyServerIsAskedAgainWhenItSays(answer: String) async throws {
        let (following, server) = try await mended(after: [.answer(answer), .drop])
        #expect(following.waits.count == 1 && following.waits[0] >= .seconds(1))
        try await server.stop()
    }

    @Test(
        arguments: [
            [.acceptAs("wrong")], [.answer("not HTTP at all\r\n\r\n")], [.drop],
            [.answer("HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n")],
            [.answer("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")],
        ] as [[ScriptedServer.Act]])
    func whatIsNoHandshakeIsTriedAgain(acts: [ScriptedServer.Act]) async throws {
        let (following, server) = try await mended(after: acts)
        #expect(try await following.follower.counters().get().opens == 1)
        try await server.stop()
    }

    @Test func framesBehindAWrongAcceptValueAreNotTaken() async throws {
        let (following, server) = try await mended(after: [.acceptAs("wrong"), .text(Text.snapshot(1))])
        #expect(following.versions == [50])
        #expect(following.losses == [.notWebSocket("Sec-WebSocket-Accept is not right")])
        try await server.stop()
    }

    /// Everything comes together with the answer to the handshake, and the connection ends at once.
    @Test func whatComesWithTheHandshakeCountsEvenIfTheServerIsGone() async throws {
        let server = try await ScriptedServer { _, _ in
            [.accept, .text(Text.snapshot(1)), .close(4404, "no such board"), .drop]
        }
        let following = try Following(server.url)
        try await eventually { following.hasEnded }
        #expect(following.versions == [1] && following.error?.kind == .notFound)
        try await server.stop()
    }

    @Test func interimAnswersArePassedOver() async throws {
        let server = try await ScriptedServer { _, _ in
            [.answer("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"), .accept, .text(Text.snapshot(1))]
        }
        let following = try Following(server.url)
        try await eventually { following.versions == [1] }
        #expect(server.requests.count == 1)
        try await server.stop()
    }

    @Test func aServerThatDoesNotAnswerIsLeft() async throws {
        let server = try await ScriptedServer { number, _ in
            number == 0 ? [] : [.accept, .text(Text.snapshot(50))]
        }
        let following = try Following(server.url) { $0.handshakeTimeout = .milliseconds(200) }
        try await eventually { following.versions.last == 50 }
        // A busy machine can also be too slow for the later ones.
        #expect(!following.losses.isEmpty && following.losses.allSatisfy { $0 == .handshakeTimedOut })
        try await server.stop()
    }

    @Test func aPortWhereNobodyListensIsTriedAgain() async throws {
        let following = try Following("ws://127.0.0.1:1")
        try await eventually { following.losses.count >= 3 }
        following.follower.stop()
        try await eventually { following.hasEnded && following.error == nil }
        #expect(following.losses.allSatisfy { $0.name == "unreachable" })
    }

    // MARK: Ends of connections

    @Test(
        arguments: [
            [.frame(2, [1])], [.frame(0, [1])], [.frame(3, [])], [.raw([0xC1, 0])], [.raw([0x81, 0x80, 1, 2, 3, 4])],
            [.raw([0x89, 126, 0, 126])], [.frame(9, [], fin: false)], [.text("no JSON")], [.text("{}")],
            [.frame(1, [0x22, 0xFF, 0x22])], [.frame(8, [3])],
        ] as [[ScriptedServer.Act]])
    func aBrokenFrameOrMessageEndsTheConnection(acts: [ScriptedServer.Act]) async throws {
        let (following, server) = try await mended(after: [.accept, .text(Text.snapshot(1))] + acts)
        #expect(following.losses.map(\.name) == ["broken"])
        // The two connections may be on two loops of the server.
        try await eventually { server.received.first?.opcode == 8 }
        // The state had a fault, so a snapshot is asked for.
        #expect(server.requests.allSatisfy { !$0.target.contains("resume") })
        try await server.stop()
    }

    @Test(arguments: [false, true])
    func aMessageOverTheLimitIsNotTaken(inFragments: Bool) async throws {
        let half = [UInt8](repeating: 0x20, count: 1500)
        let acts: [ScriptedServer.Act] =
            inFragments ? [.frame(1, half, fin: false), .frame(0, half)] : [.frame(1, half + half)]
        let (following, server) = try await mended(after: [.accept] + acts) { $0.messageBytesMax = 2048 }
        #expect(following.losses.map(\.name) == ["broken"])
        try await eventually { server.received.first?.payload == [0x03, 0xF1] }
        try await server.stop()
    }

    @Test func aConnectionThatEndsInTheMiddleOfAMessageShowsNothingOfIt() async throws {
        let frame = ScriptedServer.frame(1, Array(Text.snapshot(2).utf8))
        let (following, server) = try await mended(after: [
            .accept, .text(Text.snapshot(1)), .raw(Array(frame.dropLast(3))), .drop,
        ])
        #expect(following.versions == [1, 50])
        try await server.stop()
    }

    @Test func aConnectionWithoutASignOfLifeIsLeft() async throws {
        // The later connections become silent too, so there may be more than two of them.
        let server = try await ScriptedServer { number, _ in [.accept, .text(Text.snapshot(number == 0 ? 1 : 50))] }
        let following = try Following(server.url) { $0.silenceTimeout = .milliseconds(200) }
        try await eventually { following.versions.last == 50 }
        #expect(following.losses.first == .silent)
        #expect(server.requests[1].target.hasSuffix("&resume=e:1"))
        #expect(try await following.follower.counters().get().silences >= 1)
        try await server.stop()
    }

    @Test func pingsKeepAQuietConnection() async throws {
        let timeout = Duration.seconds(1)
        // Without the pings no connection would last. With pings one has to last, unless the machine is too busy to
        // send or read them in time.
        for _ in 0..<5 {
            let server = try await ScriptedServer { _, _ in [.accept] }
            let following = try Following(server.url) { $0.silenceTimeout = timeout }
            try await eventually { server.requests.count >= 1 }
            let start = ContinuousClock.now
            while ContinuousClock.now - start < timeout * 2.5, following.losses.isEmpty {
                try await server.act(.frame(9, []))
                try await Task.sleep(for: timeout / 10)
            }
            let lasted = following.losses.isEmpty && server.requests.count == 1
            try await server.stop()
            if lasted { return }
        }
        Issue.record("no connection lasted")
    }

    @Test func theServersTimeToComeBackIsKept() async throws {
        let (following, server) = try await mended(after: [
            .accept, .text(Text.snapshot(1)), .text(#"{"type":"reconnect","after_ms":300}"#), .close(1012),
        ])
        #expect(following.losses == [.askedToReconnect(after: .milliseconds(300))])
        #expect(following.waits == [.milliseconds(300)])
        #expect(server.requests[1].target.hasSuffix("&resume=e:1"))
        try await server.stop()
    }

    @Test(
        arguments: [(4401, .unauthorized), (4403, .forbidden), (4404, .notFound), (4500, .refused)]
            as [(UInt16, ScoreboardError.Kind)])
    func closeCodesFrom4400AreTheEnd(code: UInt16, kind: ScoreboardError.Kind) async throws {
        let server = try await ScriptedServer { _, _ in
            [
                .accept, .text(#"{"type":"error","code":"unknown_board","message":"No such board."}"#),
                .close(code, "gone"),
            ]
        }
        let following = try Following(server.url)
        try await eventually { following.hasEnded }
        let error = try #require(following.error)
        #expect(error.kind == kind && error.closeCode == code && error.serverCode == "unknown_board")
        try await eventually { server.ended == 1 || server.received.contains { $0.opcode == 8 } }
        #expect(server.requests.count == 1)
        try await server.stop()
    }
}
