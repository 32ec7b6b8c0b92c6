import ScorecastClient
import TestSupport
import Testing

/// `wss`, by name and by address.
@Suite struct TLSTests {
    @Test(arguments: ["127.0.0.1", "localhost"])
    func aTrustedServerIsFollowed(host: String) async throws {
        let authority = try TestAuthority()
        defer { authority.remove() }
        let long = (0..<900).map { "user-with-a-rather-long-name-\($0)" }
        let server = try await ScriptedServer(tls: try authority.server()) { _, _ in
            [.accept, .text(Text.snapshot(1, long)), .frame(9, [])]
        }
        let tls = try authority.client()
        let following = try Following("wss://\(host):\(server.port)") { $0.tls = tls }
        try await eventually { following.versions == [1] && server.received.count == 1 }
        #expect(following.states.first?.entries.count == 900)
        following.follower.stop()
        try await eventually { server.ended == 1 }
        try await server.stop()
    }

    @Test func aServerThatNobodyVouchesForIsNotFollowed() async throws {
        let authority = try TestAuthority()
        defer { authority.remove() }
        let server = try await ScriptedServer(tls: try authority.server()) { _, _ in
            [.accept, .text(Text.snapshot(1))]
        }
        let following = try Following("wss://127.0.0.1:\(server.port)") { $0.token = .value("secret") }
        try await eventually { following.losses.count >= 2 }
        #expect(following.losses.allSatisfy { $0.name == "unreachable" })
        // Nothing was sent to it, in particular not the token.
        #expect(server.requests.isEmpty && following.versions.isEmpty)
        following.follower.stop()
        try await eventually { following.hasEnded }
        try await server.stop()
    }
}
