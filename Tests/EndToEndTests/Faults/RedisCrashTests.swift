import LocalServers
import TestSupport
import Testing

extension EndToEnd {
    @Suite("Redis dies and comes back")
    struct RedisCrash {
        /// The shortest time that Redis is away, in seconds.
        static let absence = 1.0

        @Test(
            "503 during the outage, 200 after it, nothing lost or counted twice, and watchers get the current state",
            .timeLimit(.minutes(3)))
        func crash() async throws {
            var plan = Cluster.Plan()
            plan.durability = .always
            try await Cluster.run(plan) { cluster in
                var watchers: [WatchingClient] = []
                for gateway in cluster.gateways { watchers.append(try await .open(port: gateway.port)) }
                let oracle = Oracle()
                var traffic = Traffic(cluster, oracle: oracle)
                traffic.tolerance = [.unavailable]
                traffic.users = 40
                try await traffic.run {
                    for round in 0..<(EndToEnd.isFull ? 6 : 2) {
                        let before = oracle.count
                        try await eventually("updates are acknowledged") { oracle.count > before + 50 }
                        // A persister takes some seconds to report that it is stuck, so it is only asked in every
                        // second round.
                        let slow = round.isMultiple(of: 2) ? [] : cluster.persisters
                        try await Self.killAndReturn(
                            cluster, nodes: cluster.apis + cluster.gateways + slow, oracle: oracle)
                    }
                }
                #expect(oracle.unavailable > 0)
                try await cluster.expectExactly(oracle)
                try await MainJob.expectConvergence(of: watchers, to: try await cluster.top())
                watchers.forEach { $0.stop() }
            }
        }

        /// Crashes Redis once, and checks the nodes' state before, during and after the outage.
        private static func killAndReturn(
            _ cluster: Cluster, nodes: [ScorecastProcess], oracle: Oracle
        ) async throws {
            for node in nodes { #expect(try await readiness(node) == 200) }
            await cluster.redis.kill()
            let gone = ContinuousClock.now
            for node in nodes {
                try await eventually(
                    "a node of \(cluster.roles(of: node)) says that it is not ready",
                    timeout: .seconds(8) + EndToEnd.machineSlack
                ) {
                    try await readiness(node) == 503
                }
                #expect(try await TinyHTTP.request(port: node.port, "/healthz").status == 200)
            }
            let reads = try await cluster.get("/leaderboard")
            #expect(ErrorForm.fault(in: reads, status: 503, code: "unavailable") == nil)
            try await eventually("Redis was away long enough") { ContinuousClock.now > gone + .seconds(absence) }
            try await cluster.redis.restart()
            let back = ContinuousClock.now
            let limit = Duration.seconds(2) + EndToEnd.machineSlack
            for node in cluster.apis.indices {
                let update = Update(user: "probe", action: "kill", id: cluster.credentials.actionID("probe"))
                try await eventually("node \(node) answers 200 within 2 s of Redis' return", timeout: limit) {
                    let answer = try await cluster.update("probe", id: update.id, node: node)
                    if answer.status == 200 { oracle.acknowledge(update, answer, replay: nil) }
                    return answer.status == 200
                }
            }
            #expect(ContinuousClock.now - back < limit)
            // From then on no request gets a 503, on any connection.
            try await eventually("2 s have passed") { ContinuousClock.now > back + limit }
            let refused = oracle.unavailable
            let acknowledged = oracle.count
            try await eventually("updates go on") { oracle.count > acknowledged + 100 }
            #expect(oracle.unavailable == refused, "503 more than 2 s after Redis' return")
            for node in nodes {
                try await eventually(
                    "a node of \(cluster.roles(of: node)) is ready again", timeout: .seconds(10) + EndToEnd.machineSlack
                ) {
                    try await readiness(node) == 200
                }
            }
        }

        private static func readiness(_ node: ScorecastProcess) async throws -> Int {
            try await TinyHTTP.request(port: node.port, "/readyz").status
        }
    }
}
