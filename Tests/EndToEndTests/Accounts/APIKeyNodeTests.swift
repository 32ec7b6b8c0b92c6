import LocalServers
import TestSupport
import Testing

extension EndToEnd {
    /// API keys on three nodes.
    @Suite("API keys on all nodes", .timeLimit(.minutes(3)))
    struct APIKeysOnNodes {
        @Test("a key works everywhere within 2 s, also while Postgres is away, and is refused when it was revoked")
        func reach() async throws {
            try await CredentialNodes.run { nodes in
                let key = try await nodes.makeKey("one")
                let other = try await nodes.makeKey("two")
                try await nodes.allAnswer(200, .apiKey(key))
                try await nodes.allAnswer(200, .token(key))
                try await nodes.allAnswer(200, .apiKey(other))
                for wrong in [key + "A", String(key.dropLast()), "sck_", key.uppercased()] {
                    try await nodes.allAnswer(401, .apiKey(wrong))
                }
                let both = CredentialNodes.Credential(
                    fields: [("X-API-Key", key), ("Authorization", "Bearer \(key)")], description: "both fields")
                #expect(await nodes.statuses(both) == [400, 400, 400])
                let answer = try await TinyHTTP.request(
                    port: nodes.ports[0].port, "/leaderboard?board=club", headers: both.fields)
                let fault = ErrorForm.fault(in: answer, status: 400, code: "invalid_input", field: "X-API-Key")
                #expect(fault == nil, "\(answer.text)")

                let gateway = try #require(nodes.cluster.gateways.first).port
                let log = await MessageLog.open(port: gateway, "?board=club", token: key)
                try await eventually("the socket is open") { !log.state.messages.isEmpty }
                _ = try await nodes.cluster.ledger.rows("UPDATE api_keys SET revoked_at = now() WHERE key_id = 'one'")
                try await nodes.allAnswer(401, .apiKey(key))
                try await eventually("its socket closes", timeout: .seconds(5) + EndToEnd.machineSlack) {
                    log.state.closeCode == 4401
                }
                log.stop()

                await nodes.cluster.postgres.kill()
                let end = ContinuousClock.now + .seconds(3)
                while ContinuousClock.now < end {
                    #expect(await nodes.statuses(.apiKey(other)) == [200, 200, 200])
                    #expect(await nodes.statuses(.apiKey(key)) == [401, 401, 401])
                    try await Task.sleep(for: .milliseconds(100))
                }
            }
        }

        /// A key of the role `service` acts for any user, in the fast lane of updates as well.
        @Test("a key updates scores of users, and is refused as soon as it was revoked")
        func updates() async throws {
            try await CredentialNodes.run { nodes in
                let key = try await nodes.makeKey("game", scopes: "scores:read,boards:read,scores:write")
                try await nodes.allAnswer(200, .apiKey(key))
                func update() async throws -> Int {
                    let id = nodes.cluster.credentials.actionID("bob", "kill")
                    return try await TinyHTTP.post(
                        port: nodes.ports[0].port, "/update-score", json: Update.body(user: "bob", id: id),
                        headers: [("X-API-Key", key)]
                    ).status
                }
                #expect(try await update() == 200)
                _ = try await nodes.cluster.ledger.rows("DELETE FROM api_keys")
                try await eventually("it is refused", timeout: CredentialNodes.reach) { try await update() == 401 }
            }
        }
    }
}
