import Foundation
import LocalServers
import Synchronization
import TestSupport
import Testing

extension EndToEnd {
    @Suite("Nodes that are asked to stop")
    struct GracefulStop {
        @Test(
            "an API node under load loses nothing that it acknowledged, and ends with 0 in time",
            .timeLimit(.minutes(2)))
        func underLoad() async throws {
            var plan = Cluster.Plan()
            plan.gateways = 0
            plan.environment["SCORECAST_SHUTDOWN_TIMEOUT"] = "5s"
            try await Cluster.run(plan) { cluster in
                let oracle = Oracle()
                var traffic = Traffic(cluster, oracle: oracle)
                traffic.tolerance = [.brokenConnections]
                traffic.replayPercent = 0
                let node = try #require(cluster.apis.first)
                try await traffic.run(pause: .zero) {
                    try await eventually("updates are acknowledged") { oracle.count > 200 }
                    let start = ContinuousClock.now
                    #expect(await node.terminate() == 0)
                    #expect(ContinuousClock.now - start < .seconds(5) + EndToEnd.machineSlack)
                    let before = oracle.count
                    try await eventually("the other node goes on") { oracle.count > before + 200 }
                }
                try await cluster.expectExactly(oracle)
            }
        }

        @Test(
            "requests in progress when the signal comes are answered, and the response announces the close",
            .timeLimit(.minutes(1)))
        func inFlight() async throws {
            var plan = Cluster.Plan()
            plan.apis = 1
            plan.gateways = 0
            plan.environment["SCORECAST_REDIS_TIMEOUT"] = "20s"
            try await Cluster.run(plan) { cluster in
                let node = try #require(cluster.apis.first)
                let oracle = Oracle()
                let sent = Atomic(0)
                let isEnding = StopFlag()
                // Redis is paused, so that the requests are certainly in progress.
                _ = try await cluster.probe.command("CLIENT", "PAUSE", "60000", "WRITE")
                async let answered: Void = onThreads(12) { number in
                    let user = "slow\(number)"
                    let update = Update(user: user, action: "kill", id: cluster.credentials.actionID(user))
                    let token = cluster.credentials.token(user)
                    let inTwoParts = number.isMultiple(of: 3)
                    let answer = try Self.send(update, token: token, port: node.port, inTwoParts: inTwoParts) {
                        sent.add(1, ordering: .relaxed)
                        // The second part is sent after the node was asked to stop.
                        if inTwoParts { isEnding.wait() }
                    }
                    guard answer.status == 200 else { return oracle.violation("\(answer.status): \(answer.text)") }
                    if answer.header("connection")?.lowercased() != "close" {
                        oracle.violation("it is not said that it closes")
                    }
                    oracle.acknowledge(update, answer, replay: false)
                }
                try await eventually("all are sent") { sent.load(ordering: .relaxed) == 12 }
                try await Task.sleep(for: .milliseconds(500))
                node.signal(SIGTERM)
                try await eventually("it takes no more connections") {
                    (try? LoopbackSocket(port: node.port, timeout: .seconds(1))) == nil
                }
                isEnding.set()
                _ = try await cluster.probe.command("CLIENT", "UNPAUSE")
                #expect(await node.terminate() == 0)
                try await answered
                #expect(oracle.count == 12)
                #expect(oracle.violations.isEmpty, "\(oracle.violations)")
                try await cluster.startNode("api")
                try await cluster.expectExactly(oracle)
            }
        }

        /// Sends a request.
        ///
        /// - Parameters:
        ///   - inTwoParts: whether the last bytes are sent only after `sent` returns.
        ///   - sent: called after everything, or the first part, is sent.
        private static func send(
            _ update: Update, token: String, port: Int, inTwoParts: Bool, sent: () -> Void
        ) throws -> TinyHTTP.Response {
            let head = """
                POST /update-score HTTP/1.1\r
                Host: 127.0.0.1:\(port)\r
                Authorization: Bearer \(token)\r
                Content-Type: application/json\r
                Content-Length: \(update.body.utf8.count)\r
                \r

                """
            let request = Array((head + update.body).utf8)
            let socket = try LoopbackSocket(port: port, timeout: .seconds(20))
            if inTwoParts {
                try socket.send(Array(request.dropLast(20)))
                sent()
                try socket.send(Array(request.suffix(20)))
            } else {
                try socket.send(request)
                sent()
            }
            return try KeepAliveClient.response(from: socket)
        }

        @Test("a gateway tells its clients when to come back and closes with 1012", .timeLimit(.minutes(1)))
        func gateway() async throws {
            var plan = Cluster.Plan()
            plan.apis = 1
            plan.gateways = 2
            plan.persisters = 0
            try await Cluster.run(plan) { cluster in
                let node = try #require(cluster.gateways.first)
                let other = try #require(cluster.gateways.last)
                var leaving: [WatchingClient] = []
                for _ in 0..<20 { leaving.append(try await .open(port: node.port)) }
                let staying = try await WatchingClient.open(port: other.port)
                for watcher in leaving + [staying] {
                    try await eventually("a snapshot") { !watcher.state.types.isEmpty }
                }
                let start = ContinuousClock.now
                #expect(await node.terminate() == 0)
                #expect(ContinuousClock.now - start < .seconds(10) + EndToEnd.machineSlack)
                for watcher in leaving {
                    try await eventually("the connection has ended") { watcher.state.ended }
                    let state = watcher.state
                    #expect(state.types == ["snapshot", "reconnect"])
                    #expect((0...60_000).contains(state.reconnectAfter ?? -1))
                    #expect(state.closeCode == 1012)
                    #expect(state.violations.isEmpty, "\(state.violations)")
                }
                #expect(try await cluster.update("u1").status == 200)
                try await eventually("the other gateway's clients go on") { staying.state.entries.count == 1 }
                #expect(!staying.state.ended)
                staying.stop()
            }
        }
    }
}
