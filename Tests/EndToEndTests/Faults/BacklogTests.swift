import LocalServers
import TestSupport
import Testing

extension EndToEnd {
    @Suite("Outboxes that are full")
    struct Backlog {
        @Test(
            "while Postgres is away, updates go on up to the bound, and then wait; the ledger gets all that counted",
            .timeLimit(.minutes(3)))
        func postgresAway() async throws {
            var plan = Cluster.Plan()
            (plan.apis, plan.gateways) = (1, 0)
            plan.environment["SCORECAST_OUTBOX_MAX_BYTES"] = "1048576"
            try await Cluster.run(plan) { cluster in
                let id = cluster.credentials.actionID("first")
                #expect(try await cluster.update("first", id: id).status == 200)
                await cluster.postgres.kill()
                var counted = 1
                // The bound is reached after some 6,000 events, and noticed within about a second.
                for round in 0..<400 {
                    let results = try await Self.updates(500, round: round, cluster)
                    counted += results.count { $0 == "success" }
                    guard results.allSatisfy({ $0 == "success" }) else {
                        #expect(results.allSatisfy { $0 == "success" || $0 == "backlogged" })
                        break
                    }
                }
                #expect(counted > 2_500 && counted < 200_000)
                let refused = try await cluster.update("late")
                #expect(ErrorForm.fault(in: refused, status: 503, code: "backlogged") == nil)
                #expect(refused.header("Retry-After") == "1")
                let metrics = try await TinyHTTP.request(port: try cluster.port(), "/metrics").text
                #expect(metrics.contains(#/scorecast_updates_total\{outcome="backlogged"\} [1-9]/#))
                let again = try await cluster.update("first", id: id)
                #expect(again.status == 200 && again.text.contains(#""replayed":true"#))
                #expect(try await cluster.get("/leaderboard?limit=1").status == 200)
                #expect(try await TinyHTTP.request(port: try cluster.port(), "/readyz").status == 200)
                try await cluster.postgres.restart()
                try await eventually("updates are taken again") { try await cluster.update("later").status == 200 }
                let rows = counted + 1
                try await eventually("the ledger has all of them") {
                    try await cluster.ledger.rows("SELECT count(*) FROM score_events") == ["\(rows)"]
                }
            }
        }

        /// Sends updates of different users in one request. Returns the code of each, or `success`.
        private static func updates(_ count: Int, round: Int, _ cluster: Cluster) async throws -> [String] {
            let items = (0..<count).map { number in
                let user = "u\(round)-\(number)"
                return Update.body(user: user, id: cluster.credentials.actionID(user))
            }
            let answer = try await TinyHTTP.post(
                port: try cluster.port(), "/update-scores", json: #"{"updates":[\#(items.joined(separator: ","))]}"#,
                headers: [("Authorization", "Bearer \(cluster.credentials.token("game", role: "service"))")])
            return try answer.json["results"]?.array?.map { $0["code"]?.string ?? $0["status"]?.string ?? "?" } ?? []
        }
    }
}
