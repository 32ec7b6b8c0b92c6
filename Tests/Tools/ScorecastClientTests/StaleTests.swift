import NIOConcurrencyHelpers
import NIOCore
import ScorecastClient
import TestSupport
import Testing

/// The events about a server that is cut off from changes itself.
@Suite struct StaleTests {
    private static func stale(_ since: Int64) -> ScriptedServer.Act { .text(#"{"type":"stale","since":\#(since)}"#) }
    private static let current = ScriptedServer.Act.text(#"{"type":"current"}"#)

    @Test func isToldInOrderWithTheStates() async throws {
        let server = try await ScriptedServer { _, _ in
            [.accept, Self.current, .text(Text.snapshot(1)), Self.stale(7), .text(Text.update(2)), Self.current]
        }
        let following = try Following(server.url)
        try await eventually { following.standing.last == "current" }
        // There is no `current` without a `stale` before.
        #expect(following.standing == ["opened", "stale 7", "current"])
        #expect(following.versions == [1, 2])
        #expect(try await following.follower.counters().get().stales == 1)
        #expect(following.losses.isEmpty)
        try await server.stop()
    }

    @Test func endsWithTheConnection() async throws {
        let server = try await ScriptedServer { number, _ in
            number == 0
                ? [.accept, .text(Text.snapshot(1)), Self.stale(7), .drop] : [.accept, Self.current, Self.stale(9)]
        }
        let following = try Following(server.url)
        try await eventually { following.standing.last == "stale 9" }
        // A `stale` of an earlier connection does not apply to this one.
        #expect(following.standing == ["opened", "stale 7", "lost", "opened", "stale 9"])
        try await server.stop()
    }

    @Test func withoutATimeItIsNoMessage() async throws {
        let server = try await ScriptedServer { _, _ in [.accept, .text(#"{"type":"stale"}"#)] }
        let following = try Following(server.url)
        try await eventually { following.losses.first?.name == "broken" }
        try await server.stop()
    }

    @Test func theSequenceTellsItBesideTheStates() async throws {
        let server = try await ScriptedServer { _, _ in [.accept, Self.stale(7), .text(Text.snapshot(1))] }
        let told = NIOLockedValueBox<[String]>([])
        let scoreboard = try Scoreboard(
            ScoreboardConfiguration(url: server.url),
            onEvent: { event in
                if case .stale(let since) = event { told.withLockedValue { $0.append("stale \(since)") } }
                if case .ended = event { told.withLockedValue { $0.append("ended") } }
            })
        for try await state in scoreboard {
            #expect(state.version == 1)
            #expect(told.withLockedValue { $0 } == ["stale 7"])
            break
        }
        try await eventually { told.withLockedValue { $0 } == ["stale 7", "ended"] }
        try await server.stop()
    }
}
