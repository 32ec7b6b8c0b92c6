import Leaderboard
import LocalServers
import Storage
import TestSupport
import Testing

/// The stores on databases with an unusual collation and unusual settings.
@Suite(.timeLimit(.minutes(1)))
struct HostileDatabaseTests {
    /// Turkish collation, in which I belongs to ı and İ to i, with names that look the same and differ.
    @Test func otherOrderOfText() async throws {
        let users = ["I", "ı", "i", "İ", "\u{E9}", "e\u{301}", "ß", "SS", "ss", "Å", "\u{212B}", "a", "A"]
        try await withDatabase { database in
            try await database.server.run("DROP DATABASE \(database.database)", database: "postgres")
            try await database.server.run(
                "CREATE DATABASE \(database.database) TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'tr-TR'",
                database: "postgres")
        } _: { fixture in
            let ledger = try await fixture.leader()
            let list = events(1...Int64(users.count)) { $0.userID = users[Int($0.seq) - 1] }
            try await ledger.commit([batch(list)], from: [:])
            let stored = try await fixture.column("SELECT user_id FROM scores ORDER BY reached_seq")
            #expect(stored.map { Array($0.utf8) } == users.map { Array($0.utf8) })
            let store = PostgresSuspicionStore(pool: fixture.pool, node: "n")
            let summaries = users.map {
                SuspicionSummary(Suspicion(reason: "expired", userID: $0, at: 1_790_000_000_000, presented: "x"))
            }
            try await store.add(summaries)
            try await store.add(summaries.reversed())
            #expect(
                try await fixture.column("SELECT count(*) || ' ' || sum(attempts) FROM suspicions")
                    == ["\(users.count) \(2 * users.count)"])
        }
    }

    @Test("Settings of the database do not matter")
    func otherSettings() async throws {
        let settings = [
            "datestyle": "German", "intervalstyle": "iso_8601", "timezone": "Pacific/Chatham", "bytea_output": "escape",
            "extra_float_digits": "-15", "standard_conforming_strings": "off", "array_nulls": "off",
            "statement_timeout": "1ms", "default_transaction_isolation": "serializable", "row_security": "off",
            "client_encoding": "LATIN1",
        ]
        try await withDatabase { database in
            for (name, value) in settings {
                // Run this from another database, so that the fixture's sessions do not get the setting first.
                try await database.server.run(
                    "ALTER DATABASE \(database.database) SET \(name) = '\(value)'", database: "postgres")
            }
        } _: { fixture in
            let catalogue = PostgresCatalogueStore(pool: fixture.pool)
            let action = Action(id: "kill", points: 5, boards: ["global"], minScore: -1)
            #expect(try await catalogue.put(action))
            #expect(try await catalogue.load().actions["kill"] == action)
            let ledger = try await fixture.leader()
            try await ledger.commit([batch(events(1...3) { $0.userID = "日本 é \\ '" })], from: [:])
            #expect(try await ledger.positions() == [0: position(3)])
            #expect(
                try await fixture.column("SELECT applied_at::text FROM score_events WHERE seq = 1")
                    == ["2026-09-21 14:13:21.001+00"])
            #expect(try await fixture.column("SELECT user_id FROM scores") == ["日本 é \\ '"])
        }
    }
}
