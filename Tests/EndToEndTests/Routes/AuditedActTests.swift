import TestSupport
import Testing

extension EndToEnd {
    /// Acts of administrators on whole nodes: done once for each `Idempotency-Key`, and recorded.
    @Suite("Acts of administrators", .forBoards, .timeLimit(.minutes(5)))
    struct AuditedActs {
        private static func reset(
            _ cluster: Cluster, key: String, _ body: String = "{}", node: Int = 0
        ) async throws -> TinyHTTP.Response {
            let headers = [
                ("Authorization", "Bearer " + cluster.credentials.token("admin", role: "admin")),
                ("Content-Type", "application/json"), ("Idempotency-Key", key),
            ]
            return try await TinyHTTP.request(
                "POST", port: try cluster.port(node), "/boards/once/reset", headers: headers, body: body)
        }

        @Test("of 64 requests with one key, on two nodes, one resets the board")
        func once() async throws {
            let cluster = try Cluster.ofSuite
            _ = try await cluster.makeBoard("once")
            let answers = try await withThrowingTaskGroup(of: TinyHTTP.Response.self) { group in
                for number in 0..<64 {
                    group.addTask { try await Self.reset(cluster, key: "once", node: number % 2) }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            let firsts = answers.filter { $0.status == 204 && $0.header("idempotent-replayed") == nil }
            #expect(firsts.count == 1)
            for answer in answers where answer.status != 204 {
                #expect(ErrorForm.fault(in: answer, status: 409, code: "idempotency_in_progress") == nil)
            }
            let later = try await Self.reset(cluster, key: "once", node: 1)
            #expect(later.status == 204 && later.header("idempotent-replayed") == "true")
            let other = try await Self.reset(cluster, key: "once", #"{"window":"all"}"#, node: 1)
            #expect(ErrorForm.fault(in: other, status: 422, code: "idempotency_key_reused") == nil)
            let bad = try await Self.reset(cluster, key: "a b")
            #expect(ErrorForm.fault(in: bad, status: 400, code: "invalid_input", field: "Idempotency-Key") == nil)
            try await eventually("it is recorded") {
                try await cluster.ledger.rows(
                    """
                    SELECT actor, outcome, detail, address FROM audit_log
                    WHERE act = 'board.reset' AND subject = 'once'
                    """) == [#"admin|done|{"window": "*"}|127.0.0.1"#]
            }
        }

        @Test("refusals are recorded, with the actor and the address")
        func refused() async throws {
            let cluster = try Cluster.ofSuite
            let token = cluster.credentials.token("m7")
            #expect(try await cluster.put("/boards/mine", "{}", token: token).status == 403)
            try await eventually("it is recorded") {
                try await cluster.ledger.rows(
                    "SELECT act, subject, outcome, detail, address FROM audit_log WHERE actor = 'm7'")
                    == [#"PUT /boards/{id}|/boards/mine|refused|{"role": "player"}|127.0.0.1"#]
            }
        }
    }
}
