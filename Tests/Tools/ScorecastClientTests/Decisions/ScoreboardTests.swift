import ScorecastClient
import TestSupport
import Testing

/// The sequence that apps read.
@Suite struct ScoreboardTests {
    @Test func aSlowReaderSeesTheNewestStateOnly() async throws {
        let server = try await ScriptedServer { _, _ in [.accept, .text(Text.snapshot(1))] }
        var states = try Scoreboard(ScoreboardConfiguration(url: server.url)).makeAsyncIterator()
        var version = try await states.next()?.version
        #expect(version == 1)
        for version in 2...40 { try await server.act(.text(Text.update(Int64(version)))) }
        // The pong shows that everything before the ping was read.
        try await server.act(.frame(9, [7]))
        try await eventually { server.received.contains { $0.opcode == 10 } }
        version = try await states.next()?.version
        #expect(version == 40)
        try await server.act(.text(Text.update(41)))
        version = try await states.next()?.version
        #expect(version == 41)
        try await server.stop()
    }

    @Test func theEndSaysWhy() async throws {
        let server = try await ScriptedServer { _, _ in [.accept, .text(Text.snapshot(1)), .close(4401, "expired")] }
        var versions: [Int64] = []
        let error = await #expect(throws: ScoreboardError.self) {
            for try await state in try Scoreboard(ScoreboardConfiguration(url: server.url)) {
                versions.append(state.version)
            }
        }
        #expect(error?.kind == .unauthorized && versions == [1])
        try await server.stop()
    }

    @Test func cancellingAndBreakingCloseTheConnection() async throws {
        let server = try await ScriptedServer { _, _ in [.accept, .text(Text.snapshot(1))] }
        let scoreboard = try Scoreboard(ScoreboardConfiguration(url: server.url))
        for try await _ in scoreboard { break }
        try await eventually { server.ended == 1 }
        let reader = Task {
            for try await _ in scoreboard {}
        }
        try await eventually { server.requests.count == 2 }
        reader.cancel()
        try await reader.value
        try await eventually { server.ended == 2 }
        try await server.stop()
    }
}
