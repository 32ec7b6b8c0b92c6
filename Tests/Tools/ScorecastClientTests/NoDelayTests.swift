import ScorecastClient
import TestSupport
import Testing

/// The client's messages leave at once: Nagle's algorithm is off.
@Suite struct NoDelayTests {
    @Test("A message of the client leaves at once: its connection has no delay")
    func followersConnection() async throws {
        let server = try await ScriptedServer { _, _ in [.accept, .text(Text.snapshot(1))] }
        let following = try Following(server.url)
        try await eventually { following.versions == [1] }
        #expect(SocketOptions.noDelay(peer: server.port) == [true])
        following.follower.stop()
        try await server.stop()
    }
}
