import Foundation
import LocalServers
import TestSupport
import Testing

extension EndToEnd {
    @Suite("Nodes that start while Postgres is away")
    struct PostgresAway {
        @Test(
            "API nodes and gateways start, updates and pushes go on, and the ledger gets everything later",
            .timeLimit(.minutes(4)))
        func nodesStart() async throws {
            var plan = Cluster.Plan()
            plan.gateways = 1
            try await Cluster.run(plan) { cluster in
                try await cluster.makeBoard("cup")
                try await cluster.makeAction("goal", points: 7, on: ["cup"])
                try await cluster.boardsArePublished()
                let oracle = Oracle()
                // No tolerance: anything but 200 is a violation.
                let before = Traffic(cluster, oracle: oracle)
                try await before.run(updatesPerClient: 5)
                await cluster.postgres.kill()
                try await Self.restart(cluster)

                let watcher = try await WatchingClient.open(port: try #require(cluster.gateways.first).port)
                defer { watcher.stop() }
                try await Traffic(cluster, oracle: oracle).run(updatesPerClient: 20)
                let top = try await cluster.top()
                #expect(top.count == 10)
                try await eventually("pushes go on") { watcher.state.entries == top }
                #expect(watcher.state.violations.isEmpty)
                // The boards and the limits of actions are known too.
                #expect(try await cluster.get("/leaderboard?board=cup").status == 200)
                #expect(try await cluster.update("u1", "race", newScore: 9).status != 200, "below min_score")
                #expect(try await cluster.update("u1", "nothing").status == 404)
                // Administration needs Postgres.
                for answer in [
                    try await cluster.administer("PUT", "/boards/late", "{}"),
                    try await cluster.administer("GET", "/actions"),
                    try await cluster.administer("DELETE", "/actions/goal"),
                ] { #expect(ErrorForm.fault(in: answer, status: 503, code: "unavailable") == nil, "\(answer.text)") }
                let persister = try #require(cluster.persisters.first)
                #expect(try await TinyHTTP.request(port: persister.port, "/readyz").status == 503)

                try await cluster.postgres.restart()
                try await cluster.expectExactly(oracle, within: .seconds(60))
                try await eventually("administration works again") {
                    try await cluster.administer("PUT", "/boards/late", "{}").status < 300
                }
            }
        }

        /// A node with all roles takes updates too. Its persister starts when Postgres is there, and carries them.
        @Test("a node with all roles starts as well, and carries what it took as soon as Postgres is back")
        func wholeNode() async throws {
            var plan = Cluster.Plan()
            (plan.apis, plan.gateways, plan.persisters) = (1, 0, 0)
            try await Cluster.run(plan) { cluster in
                #expect(try await cluster.update("u1").status == 200)
                await cluster.postgres.kill()
                for node in cluster.apis { await node.kill() }
                let node = try ScorecastProcess.launch(["serve"], environment: cluster.environment)
                let token = cluster.credentials.token("u1")
                try await eventually("updates count") {
                    let body = Update.body(user: "u1", id: cluster.credentials.actionID("u1", "kill"))
                    let answer = try? await TinyHTTP.post(
                        port: node.port, "/update-score", json: body, headers: [("Authorization", "Bearer \(token)")])
                    return answer?.status == 200
                }
                let ready = try await TinyHTTP.request(port: node.port, "/readyz")
                let reasons = try ready.json["reasons"]?.array?.compactMap(\.string) ?? []
                #expect(reasons == ["persister: Postgres cannot be reached: 'scorecast doctor' says why"])
                try await cluster.postgres.restart()
                try await node.becomesReady()
                try await eventually("the ledger has both") { try await cluster.ledgerCount() == 2 }
                await node.kill()
            }
        }

        @Test("a Redis that belongs to nobody is not used while Postgres is away", .timeLimit(.minutes(2)))
        func emptyRedis() async throws {
            var plan = Cluster.Plan()
            (plan.gateways, plan.persisters) = (0, 0)
            plan.apis = 1
            try await Cluster.run(plan) { cluster in
                for node in cluster.apis { await node.kill() }
                await cluster.postgres.kill()
                _ = try await cluster.probe.command("FLUSHALL")
                let node = try ScorecastProcess.launch(["serve", "--roles", "api"], environment: cluster.environment)
                try await eventually("it names Postgres") {
                    let answer = try? await TinyHTTP.request(port: node.port, "/readyz")
                    return answer?.status == 503 && answer?.text.contains("Postgres cannot be reached") == true
                }
                #expect(try await cluster.probe.command("DBSIZE") == .integer(0))
                await node.kill()
            }
        }

        @Test("with SCORECAST_ACK=persisted, updates wait for Postgres, and count once", .timeLimit(.minutes(2)))
        func persistedWaits() async throws {
            var plan = Cluster.Plan()
            (plan.apis, plan.gateways) = (1, 0)
            plan.environment["SCORECAST_ACK"] = "persisted"
            try await Cluster.run(plan) { cluster in
                await cluster.postgres.kill()
                let id = cluster.credentials.actionID("u1")
                let refused = try await cluster.update("u1", id: id)
                #expect(ErrorForm.fault(in: refused, status: 503, code: "unavailable") == nil, "\(refused.text)")
                #expect(try await cluster.get("/leaderboard").status == 200)
                try await cluster.postgres.restart()
                var answer = refused
                try await eventually("the retry is answered") {
                    answer = try await cluster.update("u1", id: id)
                    return answer.status == 200
                }
                #expect(try answer.json["replayed"] == true && answer.json["new_score"]?.integer == 5)
                #expect(try await cluster.ledgerCount() == 1)
            }
        }

        /// Kills the API nodes and gateways, and starts as many again.
        private static func restart(_ cluster: Cluster) async throws {
            let nodes = cluster.apis + cluster.gateways
            for node in nodes {
                let roles = cluster.roles(of: node)
                await node.kill()
                let new = try await cluster.startNode(roles)
                if roles == "api" { #expect(new.log.contains("The catalogue was read from Redis")) }
            }
        }
    }
}
