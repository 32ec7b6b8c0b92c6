import TestSupport
import Testing

extension EndToEnd {
    /// Users are deleted everywhere, while the persisters die again and again.
    @Suite("Users are deleted")
    struct UserDeletions {
        private static var plan: Cluster.Plan {
            var plan = Cluster.Plan()
            (plan.apis, plan.gateways, plan.persisters) = (2, 0, 2)
            return plan
        }

        private static let users = (0..<12).map { "player \($0)" }
        private static let deleted = users.prefix(8)
        /// Those who begin again with the same user id.
        private static let returning = users.prefix(3)

        @Test("persisters killed at random moments: the users are nowhere, and who begins again counts from 0")
        func randomKills() async throws {
            try await Cluster.run(Self.plan) { cluster in
                try await cluster.makeBoard("one", #"{"group":"g","windows":["all","daily"]}"#)
                try await cluster.makeBoard("two", #"{"group":"g","windows":["hourly"],"ties":"dense"}"#)
                try await cluster.makeAction("both", on: ["one", "two"])
                for user in Self.users { for _ in 0..<3 { try await cluster.score(user, "both") } }
                for user in Self.deleted {
                    let path = "/users/" + user.replacing(" ", with: "%20")
                    #expect(try await cluster.administer("DELETE", path).status == 204)
                    if let victim = cluster.persisters.randomElement(), Bool.random() { await victim.kill() }
                    while cluster.persisters.count < 2 { try await cluster.startNode("persister") }
                }
                // At once, on each node.
                for node in 0..<2 {
                    let left = try await cluster.entries("one", node: node).standings.map(\.user)
                    #expect(left == Array(Self.users[8...]), "node \(node)")
                }
                for user in Self.returning { #expect(try await cluster.score(user, "both")["new_score"] == 5) }
                for _ in 0..<6 {
                    try await Task.sleep(for: .milliseconds(Int.random(in: 50...400)))
                    if let victim = cluster.persisters.randomElement() { await victim.kill() }
                    while cluster.persisters.count < 2 { try await cluster.startNode("persister") }
                }
                try await Self.areRenamed(in: cluster)
                let audit = try await ScorecastProcess.run(["audit"], environment: cluster.environment)
                #expect(audit.code == 0, "\(audit.output)\(audit.errors)")
            }
        }

        /// Expects that the ledger has the deleted users under pseudonyms only, besides their new lives.
        private static func areRenamed(in cluster: Cluster) async throws {
            let ledger = cluster.ledger
            try await eventually("all are renamed", timeout: .seconds(60)) {
                try await ledger.rows("SELECT DISTINCT state FROM user_deletions") == ["signatures"]
            }
            #expect(try await ledger.rows("SELECT count(*) FROM user_deletions") == ["\(deleted.count)"])
            let named = deleted.map { "'\($0)'" }.joined(separator: ",")
            #expect(
                try await ledger.rows(
                    "SELECT user_id || ' ' || count(*) FROM score_events WHERE user_id IN (\(named)) GROUP BY user_id "
                        + "ORDER BY user_id") == returning.map { "\($0) 2" })
            #expect(
                try await ledger.rows(
                    "SELECT count(*) FROM score_events WHERE user_id LIKE 'deleted\\_%' AND kind = 'update'")
                    == ["\(deleted.count * 3 * 2)"])
        }
    }
}
