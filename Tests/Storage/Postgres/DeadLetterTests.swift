import Basics
import Leaderboard
import LocalServers
import PostgresClient
import Storage
import TestSupport
import Testing

/// A row that a table refuses because of its content stops nothing and is not lost. Other failures move no row.
@Suite(.timeLimit(.minutes(1)))
struct DeadLetterTests {
    /// The fault of an event's row, for which the ledger refuses it.
    enum Fault: String, CaseIterable, Sendable {
        case twice, constraint, deferred, nul, tooLarge

        /// The code of the dead letter.
        var code: String {
            switch self {
            case .twice, .deferred: "23505"
            case .constraint: "23514"
            case .nul: "bad_value"
            case .tooLarge: "54000"
            }
        }

        /// The SQL that an operator ran before.
        var preparation: String? {
            switch self {
            case .constraint: "ALTER TABLE score_events ADD CONSTRAINT not_odd CHECK (nonce <> 'odd')"
            case .deferred:
                // A unique constraint of a partitioned table must include its partition key. A constraint of one month
                // need not.
                """
                ALTER TABLE score_events_2026_09 ADD CONSTRAINT rank_once UNIQUE (rank) DEFERRABLE INITIALLY DEFERRED
                """
            default: nil
            }
        }

        func spoil(_ event: inout LedgerEvent) {
            switch self {
            case .twice: (event.signature, event.issuedAt) = ("signature-3", 1_790_000_000_003)
            case .constraint: event.nonce = "odd"
            case .deferred: event.rank = 1
            case .nul: event.nonce = "a\0b"
            case .tooLarge:
                var random = SplitMix64(seed: 1)
                event.signature = (0..<700).map { _ in String(random.next(), radix: 36) }.joined()
            }
        }
    }

    private func letters(_ fixture: PostgresFixture) async throws -> [String] {
        try await fixture.column(
            "SELECT concat_ws(' ', partition, seq, epoch, refused_by, sqlstate) FROM dead_letters ORDER BY id"
        )
    }

    private func seqs(_ fixture: PostgresFixture) async throws -> [String] {
        try await fixture.column("SELECT partition || '-' || seq FROM score_events ORDER BY partition, seq")
    }

    /// One event at fault among those of two partitions: all others are in the ledger, all scores are Redis'.
    @Test(
        "One event at fault: all others are in the ledger, and all scores are those of Redis", arguments: Fault.allCases
    )
    func oneRow(_ fault: Fault) async throws {
        try await withDatabase { fixture in
            let ledger = try await fixture.leader()
            // Each event has its own rank, because of the deferred constraint.
            let first = events(1...5) { $0.rank = $0.seq }
            try await ledger.commit([batch(first)], from: [:])
            if let sql = fault.preparation { try await fixture.run(sql) }
            let list = events(6...9) { event in
                event.rank = event.seq
                if event.seq == 8 { fault.spoil(&event) }
            }
            let other = events(1...3) { event in
                (event.signature, event.ranking, event.rank) = (
                    "other-\(event.seq)", Ranking(board: "cup"), 100 + event.seq
                )
            }
            let refused = try await ledger.commit([batch(list), batch(other, partition: 1)], from: [0: position(5)])
            #expect(refused.map(\.seq) == [8])
            #expect(refused.map(\.code) == [fault.code])
            #expect(try await letters(fixture) == ["0 8 e1 score_events \(fault.code)"])
            #expect(
                try await seqs(fixture)
                    == ["0-1", "0-2", "0-3", "0-4", "0-5", "0-6", "0-7", "0-9", "1-1", "1-2", "1-3"])
            #expect(try await ledger.positions() == [0: position(9), 1: position(3, signature: "other-3")])
            // u2 has the score of the event that the ledger lacks.
            #expect(
                try await fixture.column("SELECT user_id || ' ' || score FROM scores WHERE board = 'global' ORDER BY 1")
                    == ["u0 90", "u1 70", "u2 80"])
            // Work continues the fast way.
            #expect(
                try await ledger.commit([batch(events(10...12) { $0.rank = $0.seq })], from: [0: position(9)]) == [])
            #expect(try await ledger.positions()[0] == position(12))
        }
    }

    @Test("Many of them among many, and nothing but them")
    func manyRows() async throws {
        try await withDatabase { fixture in
            let ledger = try await fixture.leader()
            try await ledger.commit([batch(events(1...500))], from: [:])
            let bad: Set<Int64> = [501, 502, 640, 777, 999, 1000]
            let mixed = events(501...1000) { event in
                if bad.contains(event.seq) { event.signature = "signature-\(event.seq - 500)"; event.issuedAt -= 500 }
            }
            #expect(
                try await ledger.commit([batch(mixed)], from: [0: position(500)]).map(\.seq).sorted() == bad.sorted())
            #expect(try await fixture.column("SELECT count(*) FROM score_events") == ["994"])
            let all = events(1001...1040) { event in
                event.signature = "signature-\(event.seq - 1000)"
                event.issuedAt -= 1000
            }
            let end = LedgerPosition(epoch: "e1", seq: 1000, signature: mixed[499].signature)
            #expect(try await ledger.commit([batch(all)], from: [0: end]).count == 40)
            #expect(try await fixture.column("SELECT count(*) FROM dead_letters") == ["46"])
            #expect(try await fixture.column("SELECT count(*) FROM score_events") == ["994"])
            #expect(try await ledger.positions()[0]?.seq == 1040)
        }
    }

    @Test("A score that the table refuses: the ledger has its event, and the others have their scores")
    func aScore() async throws {
        try await withDatabase { fixture in
            let ledger = try await fixture.leader()
            try await fixture.run("ALTER TABLE scores ADD CONSTRAINT no_more CHECK (score < 50)")
            let refused = try await ledger.commit([batch(events(1...5))], from: [:])
            #expect(refused.map(\.table) == [.scores])
            #expect(try await letters(fixture) == ["0 5 e1 scores 23514"])
            #expect(try await seqs(fixture).count == 5)
            #expect(
                try await fixture.column("SELECT user_id || ' ' || score FROM scores ORDER BY 1") == ["u0 30", "u1 40"])
        }
    }

    @Test("All of the event is kept, readable for every database")
    func theEvent() async throws {
        try await withDatabase { fixture in
            let ledger = try await fixture.leader()
            try await fixture.run("ALTER TABLE score_events ADD CONSTRAINT nobody CHECK (false)")
            let list = events(1...2) { event in
                event.userID = event.seq == 1 ? "日本 👩🏽‍🚀 \"\\" : "u\0"
                event.submittedScore = event.seq == 1 ? nil : -7
            }
            // The score of the second event cannot be written either.
            #expect(try await ledger.commit([batch(list)], from: [:]).count == 3)
            #expect(
                try await fixture.column("SELECT event ->> 'user_id' FROM dead_letters WHERE seq = 1")
                    == ["日本 👩🏽‍🚀 \"\\"])
            #expect(
                try await fixture.column("SELECT event::text FROM dead_letters WHERE seq = 2 AND refused_by = 'scores'")
                    == [
                        """
                        {"board":"global","window":"all","period":"all","user_id":"u\\u0000","action_id":"kill",\
                        "nonce":"nonce2","signature":"signature-2","points":2,"submitted_score":-7,"score":20,"rank":3,\
                        "issued_at_ms":1790000000002,"applied_at_ms":1790000001002,"kind":"update",\
                        "outcomes":[{"board":"global","window":"all","period":"all","score":20,"rank":3,\
                        "changed":true}]}
                        """
                    ])
            #expect(
                try await fixture.column("SELECT count(*) FROM dead_letters WHERE event::text ~ '[^ -~]'") == ["0"])
            #expect(
                try await fixture.column("SELECT reason FROM dead_letters WHERE seq = 1").first?.contains("nobody")
                    == true)
        }
    }

    @Test("A character that the database cannot store")
    func anotherEncoding() async throws {
        try await withPostgres { server in
            let name = server.database + "_latin"
            try await server.run(
                "CREATE DATABASE \(name) ENCODING 'LATIN1' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'")
            var configuration = PostgresConfiguration(url: server.server.url(database: name))
            configuration.poolSize = 1
            let pool = try PostgresPool(configuration: configuration, logger: quietLogger)
            do {
                // `migrate` may refuse such a database, but the persister must not stop because of it.
                try await pool.withConnection { connection in
                    for migration in Migrations.all { try connection.script(migration.sql) }
                }
                let ledger = PostgresLedger(session: pool)
                #expect(try await ledger.acquireLeases(0..<1) == [0])
                let list = events(1...4) { if $0.seq == 2 { $0.userID = "日本" } }
                let refused = try await ledger.commit([batch(list)], from: [:])
                #expect(refused.map(\.code) == ["22P05", "22P05"])
                let counts = try await pool.withConnection {
                    try $0.query(
                        "SELECT (SELECT count(*) FROM score_events) || ' ' || (SELECT count(*) FROM dead_letters)"
                    ).rows.map { try $0.string(0) }
                }
                #expect(counts == ["3 2"])
            } catch {
                _ = await pool.shutdown()
                throw error
            }
            _ = await pool.shutdown()
            try await server.run("DROP DATABASE \(name) WITH (FORCE)")
        }
    }

    // MARK: Failures that are not the fault of a row

    /// Passing failures and failures of the database, with the SQL that begins and ends each.
    static let troubles: [(String, begin: String, end: String)] = [
        ("a table is missing", "ALTER TABLE score_events RENAME TO away", "ALTER TABLE away RENAME TO score_events"),
        ("a column is missing", "ALTER TABLE scores RENAME score TO s", "ALTER TABLE scores RENAME s TO score"),
        ("a month was taken away", "DROP TABLE score_events_2026_09", ""),
        (
            "a trigger refuses everything",
            """
            CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no'; END $$;
            CREATE TRIGGER no BEFORE INSERT ON scores FOR EACH ROW EXECUTE FUNCTION no()
            """, "DROP TRIGGER no ON scores"
        ),
        (
            "a conflict of transactions",
            """
            CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '40001'; END $$;
            CREATE TRIGGER no BEFORE INSERT ON scores FOR EACH ROW EXECUTE FUNCTION no()
            """, "DROP TRIGGER no ON scores"
        ),
        (
            "the disk is full",
            """
            CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '53100'; END $$;
            CREATE TRIGGER no BEFORE INSERT ON scores FOR EACH ROW EXECUTE FUNCTION no()
            """, "DROP TRIGGER no ON scores"
        ),
        (
            "dead_letters is missing",
            """
            ALTER TABLE score_events ADD CONSTRAINT nobody CHECK (seq < 6); ALTER TABLE dead_letters RENAME TO away
            """, "ALTER TABLE away RENAME TO dead_letters; ALTER TABLE score_events DROP CONSTRAINT nobody"
        ),
    ]

    @Test(arguments: troubles.indices)
    func noFaultOfARow(_ index: Int) async throws {
        let trouble = Self.troubles[index]
        try await withDatabase { fixture in
            let ledger = try await fixture.leader()
            try await ledger.commit([batch(events(1...5))], from: [:])
            try await fixture.run(trouble.begin)
            let error = await #expect(throws: StoreError.self, "\(trouble.0)") {
                try await ledger.commit([batch(events(6...9))], from: [0: position(5)])
            }
            #expect(error?.kind == .unavailable, "\(trouble.0): \(String(describing: error))")
            if !trouble.end.isEmpty { try await fixture.run(trouble.end) }
            #expect(try await letters(fixture) == [])
            #expect(try await ledger.positions() == [0: position(5)])
            // If a month was missing, the next attempt creates it again.
            #expect(try await ledger.commit([batch(events(6...9))], from: [0: position(5)]) == [])
            #expect(try await ledger.positions() == [0: position(9)])
        }
    }

    @Test("A server that takes no writes now is left before it sees a row")
    func readOnly() async throws {
        try await withDatabase { fixture in
            try await fixture.run(
                "ALTER DATABASE \(fixture.database.database) SET default_transaction_read_only = on")
            let error = await #expect(throws: StoreError.self) {
                try await fixture.leader().commit([batch(events(1...4))], from: [:])
            }
            #expect(error?.kind == .unavailable)
            #expect(try await letters(fixture) == [])
        }
    }

    @Test(arguments: [
        ("22P05", true), ("22003", true), ("22021", true), ("23502", true), ("23505", true), ("54000", true),
        ("44000", true), ("40001", false), ("40P01", false), ("53100", false), ("57014", false), ("55P03", false),
        ("25006", false), ("42P01", false), ("42501", false), ("58030", false), ("XX001", false), ("08006", false),
        ("P0001", false), ("54001", false), ("23514", false),
    ])
    func codes(_ code: String, _ isFault: Bool) {
        #expect(Self.error(code).isFaultOfRow == isFault)
    }

    @Test func codesOfOurOwn() {
        // Without the name of a constraint, the table of a month is missing.
        #expect(Self.error("23514", constraint: "not_odd").isFaultOfRow)
        #expect(Self.error(PostgresError.Code.badValue, .misuse).isFaultOfRow)
        #expect(!Self.error(PostgresError.Code.badCall, .misuse).isFaultOfRow)
        #expect(!Self.error("22P05", .connection).isFaultOfRow)
    }

    private static func error(
        _ code: String, _ kind: PostgresError.Kind = .server, constraint: String? = nil
    ) -> PostgresError {
        PostgresError(kind, code: code, "", constraint: constraint, at: .init(file: "", line: 0))
    }
}
