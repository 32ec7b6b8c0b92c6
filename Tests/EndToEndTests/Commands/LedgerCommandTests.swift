import Foundation
import LocalServers
import TestSupport
import Testing

extension EndToEnd {
    @Suite("Commands on the ledger")
    struct LedgerCommands {
        @Test("dead letters are listed, retried and dropped while nodes run", .timeLimit(.minutes(2)))
        func deadLetters() async throws {
            var plan = Cluster.Plan()
            (plan.apis, plan.gateways) = (1, 0)
            try await Cluster.run(plan) { cluster in
                func letters(_ words: String...) async throws -> ScorecastProcess.Outcome {
                    try await ScorecastProcess.run(["dead-letters"] + words, environment: cluster.environment)
                }
                #expect(try await letters("list").output == "There are no such dead letters.\n")
                #expect(try await letters("list", "--json").output == "{\"dead_letters\":[]}\n")
                try await cluster.postgres.run(
                    "ALTER TABLE score_events ADD CONSTRAINT nobody CHECK (user_id <> 'ann')")
                #expect(try await cluster.update("ann").status == 200)
                try await eventually("the letter is there") {
                    try await cluster.ledger.rows("SELECT count(*) FROM dead_letters") == ["1"]
                }
                let list = try await letters("list")
                #expect(list.code == 0 && list.output.contains("refused by score_events (23514)"), "\(list)")
                #expect(list.output.contains(#"update on global all all, user "ann", action kill, 5 points, score 5"#))
                let document = try JSON(try await letters("list", "--json").output.utf8)
                #expect(document["dead_letters"]?.array?.first?["event"]?["user_id"]?.string == "ann")
                let unanswered = try await letters("retry")
                #expect(unanswered.code == 64 && unanswered.errors.contains("--yes"), "\(unanswered)")
                let refused = try await letters("retry", "--yes")
                #expect(refused.code == 1 && refused.output.contains("stays: 23514"), "\(refused)")
                try await cluster.postgres.run("ALTER TABLE score_events DROP CONSTRAINT nobody")
                let written = try await letters("retry", "--yes", "--json")
                #expect(written.code == 0 && written.output.contains(#""result":"written""#), "\(written)")
                #expect(try await cluster.ledger.rows("SELECT user_id FROM score_events") == ["ann"])
                #expect(
                    try await cluster.ledger.rows("SELECT command || ' ' || result FROM settled_letters")
                        == ["retry written"])
                #expect(try await letters("drop", "--yes", "--id", "1").code == 0)
            }
        }

        @Test("a month of the ledger is exported to a file and to standard output", .timeLimit(.minutes(2)))
        func export() async throws {
            try await withPrivatePostgres { postgres in
                let environment = ["SCORECAST_POSTGRES_URL": postgres.url]
                #expect(try await ScorecastProcess.run(["migrate"], environment: environment).code == 0)
                let path = try makeTestFolder() + "/ledger.gz"
                func export(_ words: String...) async throws -> ScorecastProcess.Outcome {
                    try await ScorecastProcess.run(["export-ledger"] + words, environment: environment)
                }
                let first = try await export("--month", "2026-10", "--out", path)
                #expect(first.code == 0 && first.errors.contains("Exported 0 rows of 2026-10"), "\(first)")
                #expect(try Data(contentsOf: URL(fileURLWithPath: path)).prefix(2) == Data([0x1f, 0x8b]))
                let second = try await export("--month", "2026-10", "--out", path)
                #expect(second.code == 1 && second.errors.contains("exists already"), "\(second)")
                #expect(try await export("--month", "2026-10", "--out", "-").code == 0)
                let third = try await export("--month", "October")
                #expect(third.code == 64 && third.errors.contains("is not a month"), "\(third)")
            }
        }
    }
}
