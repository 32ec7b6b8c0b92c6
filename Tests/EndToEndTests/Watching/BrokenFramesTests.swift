import Foundation
import LocalServers
import TestSupport
import Testing

extension EndToEnd {
    /// Clients that break the WebSocket protocol, by mistake or on purpose.
    @Suite("Broken frames")
    struct BrokenFrames {
        private static let frames = EndToEnd.isFull ? 1_000_000 : 20_000
        /// The memory that allocators may keep after many connections have come and gone.
        private static let growthMax = 16 * 1024 * 1024

        @Test("the scoreboard: no crash, no growth, and nothing accepted without a mask", .timeLimit(.minutes(10)))
        func scoreboard() async throws {
            var plan = Cluster.Plan()
            (plan.apis, plan.gateways, plan.persisters) = (1, 1, 0)
            // Each broken frame ends its connection. At the default rate of joins this would take long.
            plan.environment = ["SCORECAST_GATEWAY_JOIN_RATE": "off"]
            try await Cluster.run(plan) { cluster in
                let node = try #require(cluster.gateways.first)
                #expect(try await cluster.update("u1").status == 200)
                let attack = FrameAttack(port: node.port, target: "/ws/scoreboard", greets: true)
                try await Self.run(attack, on: node.pid, "/ws/scoreboard")
                #expect(node.isRunning)
                try await eventually("no connections are left") {
                    try await node.metric("scorecast_gateway_connections") == 0
                }
                try await Crowd.run { crowd in
                    try await crowd.open(1, port: node.port)
                    #expect(try await cluster.update("u1").status == 200)
                    try await crowd.expectAll(cluster.probe)
                }
            }
        }

        @Test("the echo on the same pipeline behaves the same", .timeLimit(.minutes(10)))
        func echo() async throws {
            let folder = URL(fileURLWithPath: try ScorecastProcess.executable()).deletingLastPathComponent()
            let server = try ServerFolder(makeTestFolder("ws-echo"))
            let port = try FreePort.take()
            let process = try server.launch(
                ChildProcess.Command(folder.appendingPathComponent("ws-echo").path, ["--port", "\(port)"]))
            do {
                try await eventually("it listens") { try await onThread { try Self.echoes(port: port) } }
                let attack = FrameAttack(port: port, target: "/", greets: false)
                try await Self.run(attack, on: process.pid, "ws-echo")
                #expect(process.isRunning)
                #expect(try await onThread { try Self.echoes(port: port) })
            } catch {
                _ = await process.stop(SIGKILL, within: .seconds(5))
                throw error
            }
            #expect(await process.stop(SIGTERM, within: .seconds(10)) == .code(0))
        }

        /// Returns whether a message comes back.
        private static func echoes(port: Int) throws -> Bool {
            var connection = try WebSocketConnection(port: port, "/", patience: .seconds(5))
            try connection.send(opcode: 1, Array("hello".utf8))
            guard case .text("hello") = try connection.next() else { return false }
            return true
        }

        /// Sends a tenth of the frames first, so that everything that is allocated once exists, and then the rest.
        private static func run(_ attack: FrameAttack, on pid: Int32, _ name: String) async throws {
            let start = ContinuousClock.now
            let fresh = try NodeFacts.residentBytes(of: pid)
            let first = try await attack.run(frames: frames / 10, seed: 1)
            let before = try NodeFacts.residentBytes(of: pid)
            let rest = try await attack.run(frames: frames - first.frames, seed: 2)
            let after = try NodeFacts.residentBytes(of: pid)
            // Codes from 3000 are the clients' own, which the server sends back (RFC 6455, 7.4.2).
            let closes = Dictionary(
                (Array(first.closes) + Array(rest.closes)).map { (min($0.key, 3000), $0.value) }, uniquingKeysWith: +)
            var report = Report("\(first.frames + rest.frames) broken frames at \(name)")
            report.add("connections", first.connections + rest.connections)
            report.add("of them without a mask, each refused with 1002", first.unmasked + rest.unmasked)
            report.add(
                "close codes",
                closes.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: ", "))
            report.add("memory when fresh, KiB", fresh / 1024)
            report.addMemory(before: before, after: after)
            report.add("seconds", Figures.short((ContinuousClock.now - start) / .seconds(1)))
            report.print()
            let faults = first.faults + rest.faults
            #expect(faults.isEmpty, "\(faults.prefix(3))")
            #expect(after - before <= growthMax)
        }
    }
}
