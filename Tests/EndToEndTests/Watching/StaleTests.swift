import Foundation
import LocalServers
import TestSupport
import Testing

extension EndToEnd {
    /// Nobody may believe that a top is current while no changes can arrive.
    @Suite("Watchers of nodes that receive nothing", .timeLimit(.minutes(3)))
    struct Stale {
        private static let hang = EndToEnd.isFull ? 20 : 8

        private static func report(noticed: [Double], current: [Double]) {
            var report = Report("Redis hung for \(hang) s")
            report.add("until watchers knew, ms", Figures(noticed).summary)
            report.add("from its end to current, ms", Figures(current).summary)
            report.print()
        }

        @Test("Redis hangs: watchers know within 5 s since when, and within 2 s of its end that it is over")
        func redisHangs() async throws {
            var plan = Cluster.Plan()
            plan.apis = 1
            plan.persisters = 0
            try await Cluster.run(plan) { cluster in
                #expect(try await cluster.update("ann").status == 200)
                var logs: [MessageLog] = []
                for node in cluster.gateways {
                    logs.append(await MessageLog.open(port: node.port, by: .webSocket))
                    logs.append(await MessageLog.open(port: node.port, by: .events))
                }
                for log in logs { try await eventually("the top came") { log.types == ["snapshot"] } }

                let pid = try #require(await cluster.redis.pid)
                let began = Credentials.milliseconds
                let start = ContinuousClock.now
                kill(pid, SIGSTOP)
                defer { kill(pid, SIGCONT) }
                var noticed: [Double] = []
                for log in logs {
                    try await eventually("stale", timeout: .seconds(5) + EndToEnd.machineSlack) {
                        log.types == ["snapshot", "stale"]
                    }
                    noticed.append((ContinuousClock.now - start).milliseconds)
                    let (message, id) = try #require(log.state.messages.last)
                    #expect(message.names == ["type", "since"] && id == nil)
                    let since = try #require(message["since"]?.integer)
                    #expect((began - 2_000...began + 1_000).contains(since), "\(since - began)")
                }
                // A watcher that joins meanwhile is told at once, after the top if the top is known.
                for (index, node) in cluster.gateways.enumerated() {
                    let log = await MessageLog.open(port: node.port, by: index == 0 ? .webSocket : .events)
                    try await eventually("it is told", timeout: .seconds(2)) { log.types == ["snapshot", "stale"] }
                    logs.append(log)
                    #expect(try await node.metric("scorecast_gateway_stale") == 1)
                    #expect(try await node.readiness().status == 503)
                }
                try await Task.sleep(until: start + .seconds(Self.hang))
                #expect(logs.allSatisfy { $0.types == ["snapshot", "stale"] }, "once for each outage")

                let end = ContinuousClock.now
                kill(pid, SIGCONT)
                var current: [Double] = []
                for log in logs {
                    try await eventually("current", timeout: .seconds(2) + EndToEnd.machineSlack) {
                        log.types.last == "current"
                    }
                    current.append((ContinuousClock.now - end).milliseconds)
                }
                Self.report(noticed: noticed, current: current)
                try await eventually("updates pass again") { try await cluster.update("bob").status == 200 }
                for log in logs {
                    try await eventually("the change came") { log.last?["entries"]?.array?.count == 2 }
                    #expect(log.types == ["snapshot", "stale", "current", "leaderboard-update"])
                    #expect(log.state.messages[2].message.names == ["type"] && log.state.messages[2].id == nil)
                }
                for node in cluster.gateways { #expect(try await node.metric("scorecast_gateway_stale") == 0) }
                for log in logs { log.stop() }
            }
        }
    }
}
