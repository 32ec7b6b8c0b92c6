import Synchronization
import TestSupport
import Testing

extension EndToEnd {
    /// A retry gets the first outcome, whatever has happened to its action since.
    @Suite("Receipts before the catalogue", .apiNodes(2), .timeLimit(.minutes(2)))
    struct ReceiptFirst {
        /// Changes that an administrator makes to the action `cup` after it counted for 80.
        enum Change: String, CaseIterable, Sendable {
            case bounds = #"{"points":0,"boards":["global"],"submits_score":true,"min_score":1,"max_score":50}"#
            case points = #"{"points":7,"boards":["global"]}"#
            case cooldown =
                #"{"points":0,"boards":["global"],"submits_score":true,"cooldown_seconds":600}"#
            case deleted = ""
        }

        private static func change(_ action: String, _ body: String, _ cluster: Cluster) async throws {
            let admin = cluster.credentials.token("admin", role: "admin")
            guard body.isEmpty else {
                #expect([200, 201].contains(try await cluster.put("/actions/\(action)", body, token: admin).status))
                return
            }
            let headers = [("Authorization", "Bearer \(admin)")]
            let answer = try await TinyHTTP.request(
                "DELETE", port: try cluster.port(), "/actions/\(action)", headers: headers)
            #expect(answer.status == 204)
        }

        private static func suspicions(_ cluster: Cluster, _ user: String) async throws -> [Substring] {
            try await cluster.ledger.rows("SELECT count(*) FROM suspicions WHERE user_id = '\(user)'")
        }

        @Test(
            "bounds narrowed, points instead, limits added, deleted: replayed on each node, alone and in a batch",
            arguments: Change.allCases)
        func retried(_ change: Change) async throws {
            let cluster = try Cluster.ofSuite
            let (user, action) = ("r-\(change)", "cup-\(change)")
            let open = #"{"points":0,"boards":["global"],"submits_score":true,"min_score":1,"max_score":100}"#
            try await Self.change(action, open, cluster)
            let id = cluster.credentials.actionID(user, action)
            let first = try await cluster.update(user, id: id, newScore: 80)
            #expect(first.status == 200)
            try await Self.change(action, change.rawValue, cluster)
            // The other node knows the change when it refuses a request that it accepted before, or counts it
            // differently.
            try await eventually("the other node knows the change") {
                // For the cooldown, the same user comes twice. For the other changes, each probe has a user of its own.
                let probe = change == .cooldown ? "p" : Credentials.base64URL(Credentials.randomBytes(6))
                let answer = try await cluster.update(probe, action, newScore: 80, node: 1)
                return try answer.status != 200 || answer.json["new_score"] == 7
            }
            var expected = try first.json
            guard case .object(var members) = expected else { return }
            members["replayed"] = true
            expected = .object(members)
            for node in 0..<2 {
                let again = try await cluster.update(user, id: id, newScore: 80, node: node)
                #expect(again.status == 200)
                #expect(try again.json == expected)
            }
            let item = #"{"user_id":"\#(user)","action_id":"\#(id)","new_score":80}"#
            let batch = try await TinyHTTP.post(
                port: try cluster.port(), "/update-scores", json: #"{"updates":[\#(item),\#(item)]}"#,
                headers: [("Authorization", "Bearer " + cluster.credentials.token("game", role: "service"))])
            #expect(try batch.json["results"] == .array([expected, expected]))
            #expect(try await Self.suspicions(cluster, user) == ["0"])
        }

        @Test("an id that did not count is refused as usual, and recorded once; another new_score is not a retry")
        func refusedAsEver() async throws {
            let cluster = try Cluster.ofSuite
            try await Self.change("narrow", Change.bounds.rawValue, cluster)
            let id = cluster.credentials.actionID("n1", "narrow")
            let refused = try await cluster.update("n1", id: id, newScore: 80)
            #expect(ErrorForm.fault(in: refused, status: 403, code: "suspicious_activity") == nil)
            #expect(try await cluster.update("n1", id: id, newScore: 40).status == 200)
            let other = try await cluster.update("n1", id: id, newScore: 80)
            #expect(ErrorForm.fault(in: other, status: 403, code: "suspicious_activity") == nil)
            let unknown = try await cluster.update("n1", "no-such-action")
            #expect(ErrorForm.fault(in: unknown, status: 404, code: "unknown_action") == nil)
            try await eventually("both are written") {
                let sum = "SELECT coalesce(sum(attempts), 0) FROM suspicions WHERE user_id = 'n1'"
                return try await cluster.ledger.rows(sum) == ["2"]
            }
        }

        @Test("a player who keeps sending refused ids gets 503 for a while, and no other player does")
        func bounded() async throws {
            let cluster = try Cluster.ofSuite
            let body = Update.body(user: "b1", id: cluster.credentials.actionID("b1", "no-such-action"))
            let (port, token) = (try cluster.port(), cluster.credentials.token("b1"))
            let statuses = Mutex<[Int: Int]>([:])
            try await onThreads(4) { _ in
                let client = KeepAliveClient(port: port)
                for _ in 0..<150 {
                    let answer = try client.post("/update-score", token: token, json: body)
                    statuses.withLock { $0[answer.status, default: 0] += 1 }
                }
            }
            let seen = statuses.withLock { $0 }
            #expect(seen[404, default: 0] >= 100 && seen[503, default: 0] >= 1 && seen.count == 2, "\(seen)")
            #expect(try await cluster.update("b2", "no-such-action").status == 404)
            #expect(try await cluster.update("b1").status == 200)
        }
    }

    /// Differing clocks are the deployment's fault, not the user's.
    @Suite("An action id whose receipt may be gone", .apiNodes(), .timeLimit(.minutes(2)))
    struct StaleActionIDs {
        @Test("503 unavailable; a warning, a metric, no suspicion; the next second's ids count")
        func stale() async throws {
            let cluster = try Cluster.ofSuite
            #expect(try await cluster.update("s1").status == 200)
            let known = cluster.credentials.actionID("s1")
            #expect(try await cluster.update("s1", id: known).status == 200)
            let now = Credentials.seconds
            _ = try await cluster.probe.command("HSET", "{sc14}:meta", "forgotten", "\(now + 1)")
            let id = cluster.credentials.actionID("s1", issuedAt: now * 1000)
            let answer = try await cluster.update("s1", id: id)
            #expect(ErrorForm.fault(in: answer, status: 503, code: "unavailable") == nil)
            #expect(answer.header("retry-after") != nil)
            #expect(try await cluster.update("s1", id: known).json["replayed"] == true)
            let later = cluster.credentials.actionID("s1", issuedAt: (now + 2) * 1000)
            #expect(try await cluster.update("s1", id: later).status == 200)
            let metrics = try await cluster.get("/metrics").text
            #expect(metrics.contains("scorecast_stale_action_ids_total 1\n"))
            let log = try #require(cluster.apis.first).log
            #expect(log.contains("Action ids are refused, since their receipts may be gone"))
            #expect(try await cluster.ledger.rows("SELECT count(*) FROM suspicions") == ["0"])
            // The clocks are equal here, so the node is ready.
            #expect(try await cluster.get("/readyz").status == 200)
        }
    }
}
