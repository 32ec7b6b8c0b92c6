import LocalServers
import TestSupport
import Testing

extension EndToEnd {
    /// Every 403 `suspicious_activity` leaves a row in Postgres, and no request waits for it.
    @Suite(
        "The audit of suspicions", .apiNodes(2, environment: ["SCORECAST_VELOCITY_LIMIT": "12/600s"]),
        .timeLimit(.minutes(2)))
    struct SuspicionAudit {
        private static func attempts(_ cluster: Cluster, _ user: String) async throws -> [Substring] {
            try await cluster.ledger.rows(
                """
                SELECT concat_ws(' ', reason, sum(attempts), coalesce(max(points)::text, '-'),
                    coalesce(max(board), '-'), coalesce(min(action_id), '-'), count(presented))
                FROM suspicions WHERE user_id = '\(user)' GROUP BY reason ORDER BY reason
                """)
        }

        private static func expectRefusal(_ answer: TinyHTTP.Response) {
            let fault = ErrorForm.fault(
                in: answer, status: 403, code: "suspicious_activity", message: Sentence.suspicious)
            #expect(fault == nil)
        }

        @Test("each reason has its row: velocity, bounds, a pinned score, forged, altered and expired ids")
        func reasons() async throws {
            let cluster = try Cluster.ofSuite
            let ids = cluster.credentials
            #expect(try await cluster.update("a1").status == 200)
            #expect(try await cluster.update("a1", node: 1).status == 200)
            Self.expectRefusal(try await cluster.update("a1", "capture"))
            Self.expectRefusal(try await cluster.update("a1", node: 1))
            Self.expectRefusal(try await cluster.update("a1", "race", newScore: 1001))
            Self.expectRefusal(
                try await cluster.update("a1", id: ids.actionID("a1", score: 3), newScore: 4))
            Self.expectRefusal(try await cluster.update("a1", id: ids.actionID("a2")))
            Self.expectRefusal(try await cluster.update("a1", id: ids.actionID("a1", issuedAt: 1_000_000)))
            Self.expectRefusal(try await cluster.update("a1", id: "v1.\\u001b[2J"))
            // Each node writes at its own time.
            try await eventually("all are written") {
                try await cluster.ledger.rows("SELECT sum(attempts) FROM suspicions WHERE user_id = 'a1'") == ["7"]
            }
            let written = try await Self.attempts(cluster, "a1")
            // The attempts at the velocity limit on both nodes share a row, which describes the attempt that was
            // written first.
            let others = [
                "bad_signature 1 - - - 1", "expired 1 - - - 1", "malformed 1 - - - 1",
                "pinned_score 1 5 global kill 0", "score_bounds 1 1001 global race 0",
            ]
            let velocity = ["velocity 2 25 global capture 0", "velocity 2 25 global kill 0"]
            let rows = written.map { String($0) }
            #expect(velocity.contains { rows == others + [$0] }, "\(rows)")
            let node = try await cluster.ledger.rows("SELECT count(*) FROM suspicions WHERE node !~ ':[0-9]+$'")
            #expect(node == ["0"])
            // Refusals without suspicion leave no row.
            #expect(try await cluster.update("a1", id: "nothing").status == 400)
            #expect(try await cluster.update("a1", token: cluster.credentials.token("a9")).status == 403)
        }

        @Test("repeated attempts increase a number, not the table")
        func hammering() async throws {
            let cluster = try Cluster.ofSuite
            let ports = cluster.apis.map(\.port)
            let token = cluster.credentials.token("h1")
            try await onThreads(4) { number in
                let client = KeepAliveClient(port: ports[number % ports.count])
                for _ in 0..<250 {
                    let id = cluster.credentials.actionID("other")
                    let answer = try client.post(
                        "/update-score", token: token, json: Update.body(user: "h1", id: id))
                    if answer.status != 403 { Issue.record("\(answer.status): \(answer.text)") }
                }
            }
            let sum = "SELECT coalesce(sum(attempts), 0) FROM suspicions WHERE user_id = 'h1'"
            try await eventually("all are written") { try await cluster.ledger.rows(sum) == ["1000"] }
            // There are two rows if a minute ended in between.
            let rows = try await cluster.ledger.rows("SELECT count(*) FROM suspicions WHERE user_id = 'h1'")
            #expect(rows == ["1"] || rows == ["2"])
            var recorded = 0
            for node in 0..<2 {
                let metrics = try await cluster.get("/metrics", node: node).text
                let line = metrics.split(separator: "\n").first {
                    $0.hasPrefix("scorecast_suspicions_recorded_total ")
                }
                recorded += Int(line?.split(separator: " ").last ?? "") ?? 0
            }
            #expect(recorded >= 1000)
        }

        @Test("while Postgres is away requests are answered as usual, and attempts are written when it is back")
        func postgresAway() async throws {
            let cluster = try Cluster.ofSuite
            await cluster.postgres.kill()
            let start = ContinuousClock.now
            for number in 0..<40 {
                let user = "p\(number % 20)"
                Self.expectRefusal(
                    try await cluster.update(user, id: cluster.credentials.actionID("other"), node: number))
            }
            // If requests waited for the audit, each of the forty would take seconds.
            #expect(ContinuousClock.now - start < .seconds(15), "somebody waits for Postgres")
            try await eventually("both nodes have tried to write, and tell it") {
                cluster.apis.allSatisfy { $0.log.contains("Suspicions cannot be written") }
            }
            try await cluster.postgres.restart()
            let sum =
                "SELECT concat_ws(' ', sum(attempts), count(DISTINCT user_id)) FROM suspicions WHERE user_id ~ '^p'"
            try await eventually("all are written", timeout: .seconds(30)) {
                try await cluster.ledger.rows(sum) == ["40 20"]
            }
            // Each node logs one warning, however many attempts there were.
            for node in cluster.apis {
                let lines = node.log.split(separator: "\n").filter { $0.contains("Suspicions cannot be written") }
                #expect((1...3).contains(lines.count), "\(lines)")
            }
        }

        @Test("a node that is asked to stop writes the attempts that it has recorded")
        func stop() async throws {
            let cluster = try Cluster.ofSuite
            let node = try await cluster.startNode("api")
            let token = cluster.credentials.token("s1")
            for _ in 0..<5 {
                let body = Update.body(user: "s1", id: cluster.credentials.actionID("other"))
                let headers = [("Authorization", "Bearer \(token)")]
                Self.expectRefusal(
                    try await TinyHTTP.post(port: node.port, "/update-score", json: body, headers: headers))
            }
            #expect(await node.terminate() == 0)
            #expect(
                try await cluster.ledger.rows("SELECT sum(attempts) FROM suspicions WHERE user_id = 's1'") == ["5"])
        }
    }
}
