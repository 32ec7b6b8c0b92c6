import NIOConcurrencyHelpers
import ScorecastClient
import TestSupport
import Testing

@Suite struct TokenTests {
    private struct Trouble: Error {}

    @Test func aTokenIsSentInTheHeaderOnly() async throws {
        let server = try await ScriptedServer { _, _ in [.accept, .text(Text.snapshot(1))] }
        let following = try Following(server.url) { $0.token = .value("aa.bb.cc") }
        try await eventually { following.versions == [1] }
        let request = try #require(server.requests.first)
        #expect(request.fields["authorization"] == "Bearer aa.bb.cc")
        #expect(!request.target.contains("aa.bb.cc"))
        try await server.stop()
    }

    @Test func eachConnectionGetsAFreshToken() async throws {
        let server = try await ScriptedServer { number, _ in
            number < 2 ? [.accept, .close(1001)] : [.accept, .text(Text.snapshot(1))]
        }
        let asked = NIOLockedValueBox(0)
        let following = try Following(server.url) {
            $0.token = .provider {
                try asked.withLockedValue { asked in
                    asked += 1
                    // After an error of the provider there is another attempt, as after other failures.
                    if asked == 2 { throw Trouble() }
                    return "token\(asked)"
                }
            }
        }
        try await eventually { following.versions == [1] }
        #expect(
            server.requests.map { $0.fields["authorization"] } == ["Bearer token1", "Bearer token3", "Bearer token4"])
        #expect(following.losses.map(\.name) == ["closed", "no_token", "closed"])
        try await server.stop()
    }

    /// A token that was good at first is replaced when it has expired. A token that is refused from the start is not.
    @Test func aTokenThatRanOutIsReplaced() async throws {
        let server = try await ScriptedServer { number, _ in
            number == 0 ? [.accept, .text(Text.snapshot(1)), .close(4401)] : [.accept, .close(4401)]
        }
        let asked = NIOLockedValueBox(0)
        let following = try Following(server.url) {
            $0.token = .provider {
                asked.withLockedValue { asked in
                    asked += 1
                    return "token\(asked)"
                }
            }
        }
        try await eventually { following.hasEnded }
        #expect(following.error?.kind == .unauthorized)
        #expect(server.requests.map { $0.fields["authorization"] } == ["Bearer token1", "Bearer token2"])
        try await server.stop()
    }

    @Test func theSameTokenIsNotTriedAgain() async throws {
        let server = try await ScriptedServer { _, _ in [.accept, .text(Text.snapshot(1)), .close(4401)] }
        let following = try Following(server.url) { $0.token = .value("aa.bb.cc") }
        try await eventually { following.hasEnded }
        #expect(following.error?.kind == .unauthorized && server.requests.count == 1)
        try await server.stop()
    }

    @Test func aProviderCanEndIt() async throws {
        let following = try Following("ws://127.0.0.1:1") {
            $0.token = .provider { throw ScoreboardError(.unauthorized, "signed out") }
        }
        try await eventually { following.hasEnded }
        #expect(following.error?.message == "signed out")
    }

    @Test func aProviderThatHangsIsCancelled() async throws {
        let cancelled = NIOLockedValueBox(0)
        let following = try Following("ws://127.0.0.1:1") {
            $0.handshakeTimeout = .milliseconds(50)
            $0.token = .provider {
                do {
                    try await Task.sleep(for: .seconds(60))
                } catch {
                    cancelled.withLockedValue { $0 += 1 }
                    throw error
                }
                return "late"
            }
        }
        try await eventually { following.losses.count >= 2 && cancelled.withLockedValue { $0 } >= 2 }
        #expect(following.losses.allSatisfy { $0.name == "no_token" })
        following.follower.stop()
        try await eventually { following.hasEnded && following.error == nil }
    }

    @Test func aTokenThatCouldEndTheFieldIsNotSent() async throws {
        let server = try await ScriptedServer { _, _ in [.accept] }
        let following = try Following(server.url) { $0.token = .provider { "a\r\nX: y" } }
        try await eventually { !following.losses.isEmpty }
        #expect(following.losses.first?.name == "no_token" && server.requests.isEmpty)
        try await server.stop()
    }
}
