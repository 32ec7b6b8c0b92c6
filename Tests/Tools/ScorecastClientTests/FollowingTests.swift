import NIOCore
import ScorecastClient
import TestSupport
import Testing

/// A follower, and a server on a real socket.
@Suite struct FollowingTests {
    @Test func snapshotThenUpdatesThenDeltas() async throws {
        let server = try await ScriptedServer { _, _ in
            [.accept, .text(Text.snapshot(1)), .text(Text.update(2, ["b", "a"])), .text(Text.update(3))]
        }
        let following = try Following(server.url)
        try await eventually { following.versions == [1, 2, 3] }
        try await server.act(.text(Text.delta(3, 5, score: 7)), .text(Text.delta(5, 6, score: 8)))
        try await eventually { following.versions == [1, 2, 3, 5, 6] }
        #expect(following.states.last?.entries.map(\.score) == [8, 99])
        #expect(server.requests.map(\.target) == ["/ws/scoreboard?board=global&window=all&limit=10&mode=delta"])

        let counters = try await following.follower.counters().get()
        #expect(counters.connects == 1 && counters.opens == 1 && counters.resumes == 0 && counters.losses == 0)
        #expect(counters.messages == 5 && counters.snapshots == 1 && counters.updates == 2 && counters.deltas == 2)
        #expect(counters.lastEpoch == "e" && counters.lastVersion == 6)
        #expect(counters.bytes == following.arrivals.map(\.bytes).reduce(0, +))
        let first = try #require(following.arrivals.first)
        #expect(first.kind == .snapshot && first.outcome == .changed && first.at == 1_795_217_415_865)
        #expect(first.bytes == Text.snapshot(1).utf8.count && first.receivedAtMicroseconds > 1_600_000_000_000_000)

        following.follower.stop()
        try await eventually { following.hasEnded && server.ended == 1 }
        #expect(server.received == [.init(opcode: 8, payload: [0x03, 0xE8], isMasked: true)])
        try await server.stop()
    }

    @Test func pingsAreAnsweredAndFragmentsPutTogether() async throws {
        let text = Array(Text.snapshot(1).utf8)
        let server = try await ScriptedServer { _, _ in
            [
                .accept, .frame(9, Array("one".utf8)), .frame(1, Array(text[..<9]), fin: false), .frame(9, []),
                .frame(0, Array(text[9..<20]), fin: false), .frame(0, Array(text[20...])),
            ]
        }
        let following = try Following(server.url)
        try await eventually { following.versions == [1] && server.received.count == 2 }
        #expect(
            server.received == [
                .init(opcode: 10, payload: Array("one".utf8), isMasked: true),
                .init(opcode: 10, payload: [], isMasked: true),
            ])
        #expect(try await following.follower.counters().get().pings == 2)
        try await server.stop()
    }

    @Test func bytesThatComeOneByOneMakeTheSameMessages() async throws {
        let server = try await ScriptedServer { _, _ in [.accept] }
        let following = try Following(server.url)
        try await eventually { server.requests.count == 1 }
        for byte in ScriptedServer.frame(1, Array(Text.snapshot(4).utf8)) { try await server.act(.raw([byte])) }
        try await eventually { following.versions == [4] }
        try await server.stop()
    }

    @Test func aDeltaThatDoesNotFitIsMendedByASnapshot() async throws {
        let server = try await ScriptedServer { number, _ in
            number == 0
                ? [.accept, .text(Text.snapshot(1)), .text(Text.delta(2, 3)), .text(Text.delta(3, 4))]
                : [.accept, .text(Text.snapshot(9))]
        }
        let following = try Following(server.url)
        try await eventually { following.versions == [1, 9] }
        #expect(following.losses == [.misfit])
        #expect(server.requests.allSatisfy { !$0.target.contains("resume") })
        #expect(following.arrivals.map(\.outcome) == [.changed, .misfit, .changed])
        #expect(try await following.follower.counters().get().misfits == 1)
        try await server.stop()
    }

    @Test func aLostConnectionGoesOnFromTheStateThatIsThere() async throws {
        let server = try await ScriptedServer { number, _ in
            switch number {
            case 0: [.accept, .text(Text.snapshot(1)), .text(Text.delta(1, 2)), .drop]
            case 1: [.accept, .text(Text.delta(2, 5)), .close(1001)]
            default: [.accept]
            }
        }
        let following = try Following(server.url)
        try await eventually { server.requests.count == 3 }
        #expect(server.requests.map { $0.target.hasSuffix("&resume=e:2") } == [false, true, false])
        #expect(server.requests[2].target.hasSuffix("&resume=e:5"))
        try await server.act(.text(Text.delta(5, 6, score: 66)))
        try await eventually { following.versions == [1, 2, 5, 6] }
        #expect(following.losses == [.closed(code: nil, reason: ""), .closed(code: 1001, reason: "")])
        #expect(following.states.last?.entries.first?.score == 66)
        #expect(try await following.follower.counters().get().resumes == 2)
        try await server.stop()
    }

    @Test func versionsNeverGoBackOnANodeThatLags() async throws {
        let server = try await ScriptedServer { number, _ in
            number == 0
                ? [.accept, .text(Text.snapshot(10)), .drop]
                : [.accept, .text(Text.snapshot(8)), .text(Text.delta(8, 9)), .text(Text.delta(9, 12, score: 12))]
        }
        let following = try Following(server.url)
        try await eventually { following.versions.last == 12 }
        #expect(following.versions == [10, 12])
        #expect(following.arrivals.map(\.outcome) == [.changed, .notNewer, .notNewer, .changed])
        try await server.stop()
    }

    @Test func stoppingFromWithinAnEventIsHeardAtOnce() async throws {
        let server = try await ScriptedServer { _, _ in
            [.accept, .text(Text.snapshot(1)), .text(Text.update(2)), .text(Text.update(3))]
        }
        for stopsAtOpen in [true, false] {
            let following = try Following(
                server.url,
                onEvent: { event, follower in
                    switch event {
                    case .opened: if stopsAtOpen { follower?.stop() }
                    case .changed: follower?.stop()
                    default: break
                    }
                })
            try await eventually { following.hasEnded && following.error == nil }
            #expect(following.versions == (stopsAtOpen ? [] : [1]))
        }
        try await eventually { server.ended == 2 }
        try await server.stop()
    }

    @Test func aFollowerThatIsLetGoCloses() async throws {
        let server = try await ScriptedServer { _, _ in [.accept, .text(Text.snapshot(1))] }
        do {
            let following = try Following(server.url)
            try await eventually { following.versions == [1] }
        }
        try await eventually { server.ended == 1 }
        #expect(server.received.map(\.opcode) == [8])
        try await server.stop()
    }

    @Test func manyFollowersOnFewLoops() async throws {
        let server = try await ScriptedServer { number, _ in [.accept, .text(Text.snapshot(Int64(number)))] }
        let followings = try (0..<200).map { _ in try Following(server.url) }
        try await eventually { followings.allSatisfy { $0.versions.count == 1 } }
        #expect(Set(followings.flatMap(\.versions)) == Set(0..<200))
        for following in followings { following.follower.stop() }
        try await eventually { server.ended == 200 }
        try await server.stop()
    }
}
