import TestSupport
import Testing

extension EndToEnd {
    @Suite("The main job")
    struct MainJob {
        @Test(
            "watchers of two gateways end with the state that every API node, Redis, the scores and the ledger have",
            .timeLimit(.minutes(2)))
        func everyPlaceAgrees() async throws {
            try await Cluster.run { cluster in
                var watchers: [WatchingClient] = []
                for index in 0..<6 {
                    watchers.append(try await .open(port: cluster.gateways[index % 2].port))
                }
                for watcher in watchers {
                    try await eventually("a snapshot without any message from us") { !watcher.state.types.isEmpty }
                }
                let oracle = Oracle()
                var traffic = Traffic(cluster, oracle: oracle)
                traffic.clients = 8
                traffic.users = 60
                try await traffic.run(updatesPerClient: EndToEnd.isFull ? 1000 : 100)
                // A watcher that joins late first gets the current state.
                watchers.append(try await .open(port: cluster.gateways[1].port, limit: 3))

                try await cluster.expectExactly(oracle)
                let top = try await cluster.top()
                #expect(top.count == 10)
                #expect(try await cluster.top(node: 1) == top)
                #expect(Array(try await cluster.storedScores().prefix(10)) == top)
                try await Self.expectConvergence(of: watchers, to: top)
                for watcher in watchers.dropLast() {
                    #expect(watcher.state.types.contains("leaderboard-update"))
                    watcher.stop()
                }
            }
        }

        /// Waits until all watchers have the top, and checks everything that they saw before.
        static func expectConvergence(of watchers: [WatchingClient], to top: [Standing]) async throws {
            for watcher in watchers {
                let limit = watcher.limit
                try await eventually("a watcher has the final top", timeout: .seconds(10)) {
                    watcher.state.entries == Array(top.prefix(limit))
                }
                try await eventually("it knows that it is current", timeout: .seconds(10)) { !watcher.state.isStale }
                let state = watcher.state
                #expect(state.types.first == "snapshot")
                #expect(state.types.dropFirst().allSatisfy { $0 == "leaderboard-update" })
                #expect(state.violations.isEmpty, "\(state.violations.prefix(5))")
                #expect(!state.ended)
            }
        }

        @Test(
            "a page of the leaderboard has the contract's form, and the next page continues where it ended",
            .timeLimit(.minutes(1)))
        func pages() async throws {
            var plan = Cluster.Plan()
            plan.apis = 1
            plan.gateways = 0
            plan.persisters = 0
            try await Cluster.run(plan) { cluster in
                let empty = try await cluster.get("/leaderboard").json
                #expect(empty["total"] == 0 && empty["entries"] == [] && empty["next"] == .null)
                for (user, action) in [("a", "assist"), ("b", "capture"), ("c", "assist")] {
                    #expect(try await cluster.update(user, action).status == 200)
                }
                let first = try await cluster.get("/leaderboard?board=global&window=all&limit=2").json
                let names: Set = ["board", "window", "period", "epoch", "version", "total", "entries", "next"]
                #expect(first.names == names)
                #expect(first["board"] == "global" && first["window"] == "all" && first["total"] == 3)
                #expect((first["version"]?.integer ?? 0) > 0 && first["epoch"]?.string?.isEmpty == false)
                // Among equal scores, the one that was reached first ranks higher.
                #expect(
                    first["entries"] == [
                        ["rank": 1, "user_id": "b", "score": 25], ["rank": 2, "user_id": "a", "score": 2],
                    ])
                let next = try #require(first["next"]?.string)
                let second = try await cluster.get("/leaderboard?limit=2&cursor=\(next)").json
                #expect(second["entries"] == [["rank": 3, "user_id": "c", "score": 2]])
                #expect(second["next"] == .null && second["total"] == 3)
            }
        }

        @Test(
            "every node reports whether it is alive and ready, and shows its metrics and its OpenAPI document",
            .timeLimit(.minutes(1)))
        func everyNode() async throws {
            try await Cluster.run { cluster in
                for node in cluster.apis + cluster.gateways + cluster.persisters {
                    for target in ["/healthz", "/readyz", "/openapi.json"] {
                        let answer = try await TinyHTTP.request(port: node.port, target)
                        #expect(answer.status == 200, "\(target)")
                        #expect(ErrorForm.isJSON(answer.header("content-type")), "\(target)")
                    }
                    let metrics = try await TinyHTTP.request(port: node.port, "/metrics")
                    #expect(metrics.status == 200)
                    #expect(metrics.header("content-type")?.hasPrefix("text/plain") == true)
                    #expect(metrics.text.contains("# TYPE scorecast_"))
                }
                for gateway in cluster.gateways {
                    let page = try await TinyHTTP.request(port: gateway.port, "/")
                    #expect(page.status == 200)
                    #expect(page.header("content-type")?.hasPrefix("text/html") == true)
                }
            }
        }
    }
}
