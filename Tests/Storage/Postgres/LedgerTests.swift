import Leaderboard
import PostgresClient
import Storage
import Testing

/// The ledger in Postgres: each event exactly once, or not at all.
@Suite(.timeLimit(.minutes(1)))
struct LedgerTests {
    private let position5 = [0: position(5)]

    /// All that the tables hold, to see that nothing has changed.
    private func everything(_ fixture: PostgresFixture) async throws -> [String] {
        try await fixture.column(
            """
            SELECT row_to_json(t)::text FROM score_events t UNION ALL SELECT row_to_json(t)::text FROM scores t
            UNION ALL SELECT row_to_json(t)::text FROM partition_positions t ORDER BY 1
            """)
    }

    @Test("A batch is written with its position, in one transaction")
    func commit() async throws {
        try await withDatabase { fixture in
            let ledger = try await fixture.leader()
            #expect(try await ledger.positions().isEmpty)
            try await ledger.commit([batch(events(1...5))], from: [:])
            #expect(try await ledger.positions() == position5)
            #expect(
                try await fixture.column("SELECT seq FROM score_events WHERE partition = 0 ORDER BY seq")
                    == ["1", "2", "3", "4", "5"])
            #expect(
                try await fixture.column(
                    "SELECT concat_ws(' ', epoch, last_id, seq, last_signature) FROM partition_positions")
                    == ["e1 5-0 5 signature-5"])

            // Continue from there in another epoch.
            try await ledger.commit([batch(events(6...7), epoch: "e2")], from: position5)
            #expect(try await ledger.positions() == [0: position(7, epoch: "e2")])
            #expect(try await fixture.column("SELECT count(*) FROM score_events") == ["7"])
        }
    }

    @Test("Every field comes back as it was, whatever is in it")
    func everyField() async throws {
        try await withDatabase { fixture in
            let ledger = try await fixture.leader()
            let list = events(1...2) { event in
                event.userID = event.seq == 1 ? "a\\b 'c' \"d\" 👩🏽‍🚀" : "\\N"
                (event.nonce, event.signature, event.action) = ("-\\", "\\.", "\\t")
                (event.score, event.points, event.rank) = (ScoreBounds.min, ScoreBounds.max, 1_000_000)
                event.ranking = Ranking(board: "cup", window: "daily", period: "2026-11-20")
                if event.seq == 2 { event.signature = "t" }
            }
            try await ledger.commit([batch(list)], from: [:])
            let rows = try await fixture.column(
                """
                SELECT concat_ws('|', partition, seq, board, user_id, action_id, nonce, signature, points,
                    coalesce(submitted_score::text, 'NULL'), score, rank, extract(epoch FROM issued_at) * 1000,
                    extract(epoch FROM applied_at) * 1000) FROM score_events ORDER BY seq
                """)
            #expect(
                rows == [
                    "0|1|cup|a\\b 'c' \"d\" 👩🏽‍🚀|\\t|-\\|\\.|9007199254740991|NULL|-9007199254740991|1000000"
                        + "|1790000000001.000000|1790000001001.000000",
                    "0|2|cup|\\N|\\t|-\\|t|9007199254740991|2|-9007199254740991|1000000"
                        + "|1790000000002.000000|1790000001002.000000",
                ])
            let scores = try await fixture.column(
                """
                SELECT concat_ws('|', board, window_name, period, user_id, score, reached_seq,
                    extract(epoch FROM updated_at) * 1000) FROM scores ORDER BY reached_seq
                """)
            #expect(
                scores == [
                    "cup|daily|2026-11-20|a\\b 'c' \"d\" 👩🏽‍🚀|-9007199254740991|1|1790000001001.000000",
                    "cup|daily|2026-11-20|\\N|-9007199254740991|2|1790000001002.000000",
                ])
        }
    }

    @Test("The same batch again, and one from another position, are refused, and nothing is written")
    func conflicts() async throws {
        try await withDatabase { fixture in
            let ledger = try await fixture.leader()
            try await ledger.commit([batch(events(1...5))], from: [:])
            let before = try await everything(fixture)
            let six = events(6...6)
            #expect(await kind { try await ledger.commit([batch(events(1...5))], from: [:]) } == .conflict)
            #expect(
                await kind {
                    try await ledger.commit([batch(events(4...5))], from: [0: position(3)])
                }
                    == .conflict)
            try await ledger.commit([batch(events(6...7))], from: position5)
            #expect(try await everything(fixture).count > before.count)
            let after = try await everything(fixture)
            #expect(await kind { try await ledger.commit([batch(six)], from: position5) } == .conflict)
            #expect(try await everything(fixture) == after)
        }
    }

    /// If one of two batches is refused, the other is not written either.
    @Test func allOrNothing() async throws {
        try await withDatabase { fixture in
            let ledger = try await fixture.leader()
            try await ledger.commit([batch(events(1...5))], from: [:])
            let before = try await everything(fixture)
            let other = batch(events(1...3) { $0.signature = "other-\($0.seq)" }, partition: 1)
            #expect(await kind { try await ledger.commit([other, batch(events(1...5))], from: [:]) } == .conflict)
            #expect(await kind { try await ledger.commit([other, batch(events(7...8))], from: position5) } == .corrupt)
            #expect(try await everything(fixture) == before)
            try await ledger.commit([other, batch(events(6...8))], from: position5)
            #expect(try await ledger.positions().mapValues(\.seq) == [0: 8, 1: 3])
        }
    }

    @Test("A batch with a gap, or twice the same number, is refused whole")
    func gaps() async throws {
        try await withDatabase { fixture in
            let ledger = try await fixture.leader()
            #expect(await kind { try await ledger.commit([batch(events(2...3))], from: [:]) } == .corrupt)
            try await ledger.commit([batch(events(1...5))], from: [:])
            let before = try await everything(fixture)
            for list in [
                events(7...8), events(5...6), events(6...6) + events(8...8), events(6...7) + events(7...7),
                events(6...8).reversed(),
            ] {
                #expect(await kind { try await ledger.commit([batch(list)], from: position5) } == .corrupt)
            }
            #expect(try await everything(fixture) == before)
        }
    }

    @Test func aFailureInTheMiddleLeavesNothing() async throws {
        try await withDatabase { fixture in
            let ledger = try await fixture.leader()
            try await ledger.commit([batch(events(1...5))], from: [:])
            let before = try await everything(fixture)
            // The last step of a commit fails: writing the scores.
            try await fixture.run("ALTER TABLE scores RENAME COLUMN reached_seq TO reached")
            #expect(await kind { try await ledger.commit([batch(events(6...9))], from: position5) } == .unavailable)
            try await fixture.run("ALTER TABLE scores RENAME COLUMN reached TO reached_seq")
            #expect(try await everything(fixture) == before)
            #expect(try await ledger.positions() == position5)
            // The connection survived, and so did the lease.
            try await ledger.commit([batch(events(6...9))], from: position5)
            #expect(try await ledger.positions() == [0: position(9)])
        }
    }

    @Test func scoresKeepTheLast() async throws {
        try await withDatabase { fixture in
            let ledger = try await fixture.leader()
            let query = "SELECT user_id || ' ' || score || ' ' || reached_seq FROM scores ORDER BY 1"
            try await ledger.commit([batch(events(1...5))], from: [:])
            #expect(try await fixture.column(query) == ["u0 30 3", "u1 40 4", "u2 50 5"])
            // Scores can go down as well as up.
            let down = events(6...7) { event in event.score = -1 }
            try await ledger.commit([batch(down)], from: position5)
            #expect(try await fixture.column(query) == ["u0 -1 6", "u1 -1 7", "u2 50 5"])
        }
    }

    /// Users whose ids are canonically equivalent are different users, although Swift's `==` treats the ids as equal.
    @Test func equivalentUserIDs() async throws {
        try await withDatabase { fixture in
            let ledger = try await fixture.leader()
            let users = ["\u{e9}", "e\u{301}"]
            #expect(users[0] == users[1])
            let list = events(1...4) { event in event.userID = users[Int(event.seq % 2)] }
            try await ledger.commit([batch(list)], from: [:])
            #expect(
                try await fixture.column("SELECT octet_length(user_id) || ' ' || score FROM scores ORDER BY 1")
                    == ["2 40", "3 30"])
        }
    }

    @Test(
        "Rows of the ledger stay as they are, even for a session with the rights of its owner",
        arguments: [
            "UPDATE score_events SET points = 0", "UPDATE score_events SET points = 0 WHERE seq = 1",
            "DELETE FROM score_events", "DELETE FROM score_events_2026_09 WHERE seq = 1",
            "INSERT INTO score_events SELECT * FROM score_events LIMIT 1",
        ])
    func neverChanged(_ sql: String) async throws {
        try await withDatabase { fixture in
            let ledger = try await fixture.leader()
            try await ledger.commit([batch(events(1...2))], from: [:])
            let before = try await everything(fixture)
            await #expect(throws: PostgresError.self) { try await fixture.run(sql) }
            #expect(try await everything(fixture) == before)
        }
    }

    @Test("Nothing to write writes nothing")
    func emptyBatches() async throws {
        try await withDatabase { fixture in
            let ledger = try await fixture.leader()
            try await ledger.commit([], from: [:])
            try await ledger.commit([batch([])], from: [:])
            #expect(try await everything(fixture).isEmpty)
        }
    }
}
