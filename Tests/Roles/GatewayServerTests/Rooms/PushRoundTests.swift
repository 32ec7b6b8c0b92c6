import Basics
import Foundation
import Gateway
import StrictJSON
import Synchronization
import TestSupport
import Testing

/// Pushes to more sockets than a loop serves in one slice.
@Suite struct PushRoundTests {
    /// The value of a node, so that loops put off work that is too much for them.
    private static let lateAge = GatewaySettings().lateAge
    private static let targets = ["limit=100", "limit=2", "mode=delta&limit=100", "limit=3&mode=delta"]

    private static func crowd(of count: Int, on board: String, _ server: TestGateway) throws -> [TestWebSocket] {
        try (0..<count).map {
            let target = "/ws/scoreboard?board=\(board)&" + targets[$0 % targets.count]
            let socket = try TestWebSocket(port: server.port, target, receiveBytes: 16 * 1024)
            #expect(try version(socket) == 1)
            return socket
        }
    }

    /// The version of the next message.
    private static func version(_ socket: TestWebSocket) throws -> Int64 {
        try #require(socket.receiveJSON()["version"]?.integer)
    }

    /// The versions that come, through the last.
    private static func versions(_ socket: TestWebSocket, through last: Int64) throws -> [Int64] {
        var versions: [Int64] = []
        while versions.last != last { versions.append(try version(socket)) }
        return versions
    }

    /// Versions come faster than they can be pushed to sockets that nobody reads from: each gets some of them in order,
    /// and the last.
    @Test func everyVersionIsSentOrPassedOver() async throws {
        try await TestGateway.run {
            $0.settings.lateAge = Self.lateAge
        } _: { server in
            server.store.set("wide", version: 1, users: 100, tell: false)
            let sockets = try Self.crowd(of: 400, on: "wide", server)
            var last: Int64 = 1
            // The loop ends after some rounds. The machine decides how soon that is.
            try waitUntil("every socket was sent something") {
                for _ in 0..<100 {
                    last += 1
                    server.store.set("wide", version: last, users: 100)
                }
                return try server.count("frames_sent") >= 4 * Int64(sockets.count)
            }
            // One loop may have run while another one waited for the machine. Now each socket has a message.
            let first = try sockets.map { try Self.version($0) }
            for _ in 0..<100 {
                last += 1
                server.store.set("wide", version: last, users: 100)
            }
            var received: Int64 = 0
            for (socket, first) in zip(sockets, first) {
                let versions = [first] + (try Self.versions(socket, through: last))
                #expect(zip(versions, versions.dropFirst()).allSatisfy { $0 < $1 })
                received += Int64(versions.count)
            }
            let sent = received + Int64(sockets.count)
            try waitUntil("all frames are counted") { try server.count("frames_sent") == sent }
            #expect(try server.count("frames_skipped") == Int64(sockets.count) * (last - 1) - received)
            #expect(received < Int64(sockets.count) * (last - 1))
        }
    }

    /// No socket is left out because others come, go, or come back in the middle of a round.
    @Test func othersMayComeAndGo() async throws {
        try await TestGateway.run {
            $0.settings.connectionMessagesMax = 10_000
            $0.settings.lateAge = Self.lateAge
        } _: { server in
            server.store.set("wide", version: 1, users: 100, tell: false)
            var sockets = try Self.crowd(of: 400, on: "wide", server)
            var generator = SplitMix64(seed: 5)
            for version in 2...100 as ClosedRange<Int64> {
                // The loop finds them when it looks at its sockets, after the first slice.
                let leaving = sockets.remove(at: .random(in: sockets.indices, using: &generator))
                // This is not the last one, which has just come back: it may have a version twice already.
                let restless = sockets.remove(at: .random(in: sockets.indices.dropLast(), using: &generator))
                try leaving.send(text: #"{"type":"leave-room","board":"wide","window":"all"}"#)
                try restless.send(text: #"{"type":"leave-room","board":"wide","window":"all"}"#)
                try restless.send(text: #"{"type":"join-room","board":"wide","window":"all"}"#)
                server.store.set("wide", version: version, users: 100)
                // A socket that came back may get a version twice. None gets a later one, since none comes.
                sockets.append(restless)
                for socket in sockets { #expect(try Self.versions(socket, through: version).count <= 2) }
                leaving.drop()
            }
        }
    }

    /// The loop reads from clients, however many versions of however many boards come.
    @Test func theLoopHearsItsSocketsMeanwhile() async throws {
        try await TestGateway.run {
            $0.settings.lateAge = Self.lateAge
        } _: { server in
            let boards = ["wide", "other", "global"]
            for board in boards { server.store.set(board, version: 1, users: 10, tell: false) }
            let sockets = try boards.flatMap { try Self.crowd(of: 200, on: $0, server) }
            let asking = try TestWebSocket(port: server.port)
            #expect(try asking.receiveStandings().version == 1)
            // It must get its answers, and not the messages that wait for a slow reader.
            try asking.send(text: #"{"type":"leave-room","board":"global","window":"all"}"#)
            try asking.send(opcode: 9, [255])
            #expect(try asking.receive() == .pong([255]))
            let isOver = Atomic(false)
            let ended = DispatchSemaphore(value: 0)
            Thread.detachNewThread {
                var version: Int64 = 1
                while !isOver.load(ordering: .relaxed) {
                    version += 1
                    for board in boards { server.store.set(board, version: version, users: 10) }
                    usleep(200)
                }
                ended.signal()
            }
            defer {
                isOver.store(true, ordering: .relaxed)
                ended.wait()
            }
            asking.patienceMilliseconds = 10
            for round in UInt8(0)..<10 {
                try asking.send(opcode: 9, [round])
                let deadline = DispatchTime.now() + .seconds(20)
                while true {
                    for socket in sockets { socket.discard() }
                    if (try? asking.receive()) == .pong([round]) { break }
                    try #require(DispatchTime.now() < deadline, "the ping was not heard")
                }
            }
        }
    }
}
