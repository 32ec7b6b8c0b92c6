import Gateway
import StrictJSON
import Testing

/// Pushes to more sockets than have their turn at once.
@Suite struct RoundTests {
    private static let targets = ["?limit=10", "?limit=2", "?mode=delta", "?limit=3&mode=delta"]

    private static func crowd(of count: Int, _ server: TestGateway) throws -> [TestWebSocket] {
        try (0..<count).map {
            let socket = try TestWebSocket(port: server.port, "/ws/scoreboard" + targets[$0 % targets.count])
            #expect(try socket.receiveJSON()["version"]?.integer == 1)
            return socket
        }
    }

    /// The versions that come, up to the last.
    private static func versions(_ socket: TestWebSocket, through last: Int64) throws -> [Int64] {
        var versions: [Int64] = []
        while versions.last != last { versions.append(try #require(socket.receiveJSON()["version"]?.integer)) }
        return versions
    }

    /// Versions that come faster than they can be pushed: each socket gets some of them, in order, and the last.
    @Test func everyVersionIsSentOrPassedOver() async throws {
        try await TestGateway.run { server in
            let sockets = try Self.crowd(of: 400, server)
            let last: Int64 = 500
            for version in 2...last { server.store.set(version: version) }
            var received: Int64 = 0
            for socket in sockets {
                let versions = try Self.versions(socket, through: last)
                #expect(zip(versions, versions.dropFirst()).allSatisfy { $0 < $1 })
                received += Int64(versions.count)
            }
            let sent = received + Int64(sockets.count)
            try waitUntil("all frames are counted") { try server.count("frames_sent") == sent }
            #expect(try server.count("frames_skipped") == Int64(sockets.count) * (last - 1) - received)
            #expect(try server.count("frames_skipped") > 0)
        }
    }

    /// Nobody is left out by others who come, go or change rooms in the middle of a round.
    @Test func othersMayComeAndGo() async throws {
        try await TestGateway.run {
            $0.framesPerSecondMax = 10_000
        } _: { server in
            var sockets = try Self.crowd(of: 300, server)
            let restless = sockets[100..<200].map { $0 }
            let leaving = sockets[200..<300].map { $0 }
            sockets.removeSubrange(100...)
            var last: Int64 = 1
            for step in 0..<100 {
                for _ in 0..<3 {
                    last += 1
                    server.store.set(version: last)
                }
                try restless[step].send(text: #"{"type":"leave-room","board":"global","window":"all"}"#)
                try restless[step].send(text: #"{"type":"join-room","board":"global","window":"all"}"#)
                leaving[step].drop()
                sockets.append(try TestWebSocket(port: server.port))
            }
            for socket in sockets + restless {
                // One who comes back may get the version again that it has.
                let versions = try Self.versions(socket, through: last)
                #expect(versions == versions.sorted())
            }
            server.store.set(version: last + 1)
            for socket in sockets + restless {
                #expect(try Self.versions(socket, through: last + 1).last == last + 1)
            }
        }
    }
}
