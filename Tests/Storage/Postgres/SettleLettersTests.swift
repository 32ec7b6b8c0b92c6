import Leaderboard
import Storage
import TestSupport
import Testing

/// Operators settle dead letters: each ends once, in the table that refused its row or with a correction, and no later
/// event is overtaken.
@Suite(.timeLimit(.minutes(1)))
struct SettleLettersTests {
    private let record = """
        SELECT concat_ws(' ', seq, refused_by, command, result) FROM settled_letters ORDER BY id
        """
    private let scores = "SELECT concat_ws(' ', user_id, score, reached_seq) FROM scores ORDER BY user_id"
    private let letters = "SELECT concat_ws(' ', seq, refused_by) FROM dead_letters ORDER BY id"

    private func rows(_ fixture: PostgresFixture, seq: Int64) async throws -> [String] {
        try await fixture.column(
            """
            SELECT concat_ws(' ', kind, board, user_id, signature, points, score, rank, extract(epoch FROM issued_at),
                changed, outcomes) FROM score_events WHERE seq = \(seq) ORDER BY board
            """)
    }

    private func settle(_ fixture: PostgresFixture, _ command: LetterCommand) async throws -> [LetterSettlement] {
        let store = PostgresDeadLetters(pool: fixture.pool)
        var settled: [LetterSettlement] = []
        // Scores of one statement are refused in any order.
        for letter in try await store.list(limit: 100).sorted(by: { $0.letter.seq < $1.letter.seq }) {
            settled.append(try await store.settle(letter.id, by: command))
        }
        return settled
    }

    private func isRefused(_ settlement: LetterSettlement?) -> Bool {
        if case .refused = settlement { true } else { false }
    }

    @Test("An action id that counted twice: retry cannot write it, drop writes a correction with the same signature")
    func doubled() async throws {
        try await withDatabase { fixture in
            let ledger = try await fixture.leader()
            let list = events(1...3) { event in
                guard event.seq > 1 else { return }
                (event.signature, event.issuedAt, event.userID) = ("signature-1", 1_790_000_000_001, "u1")
            }
            #expect(try await ledger.commit([batch(list)], from: [:]).map(\.code) == ["23505", "23505"])
            let settled = try await settle(fixture, .retry)
            #expect(settled.count == 2 && settled.allSatisfy { isRefused($0) })
            #expect(try await fixture.column(letters) == ["2 score_events", "3 score_events"])
            #expect(try await settle(fixture, .drop) == [.corrected, .corrected])
            #expect(
                try await rows(fixture, seq: 2)
                    == ["correction global u1 signature-1 2 20 3 1790000000.001001 t"])
            #expect(
                try await rows(fixture, seq: 3)
                    == ["correction global u1 signature-1 3 30 1 1790000000.001002 t"])
            #expect(
                try await fixture.column(record)
                    == ["2 score_events drop corrected", "3 score_events drop corrected"])
            #expect(try await fixture.column(letters) == [])
            #expect(try await settle(fixture, .drop) == [])
        }
    }

    @Test("A row that a constraint refused is written when the constraint is gone, with all its outcomes")
    func ledgerRow() async throws {
        try await withDatabase { fixture in
            let ledger = try await fixture.leader()
            try await fixture.run("ALTER TABLE score_events ADD CONSTRAINT no_two CHECK (seq <> 2)")
            let daily = Ranking(board: "cup", window: "daily", period: "2026-09-21")
            let list = events(1...3) { event in
                guard event.seq == 2 else { return }
                event.userID = "日本 \"\\"
                event.outcomes.append(
                    RankingOutcome(ranking: daily, place: .init(score: 7, rank: 4, isChanged: false)))
                event.outcomes.append(RankingOutcome(ranking: Ranking(board: "cup"), place: nil))
            }
            #expect(try await ledger.commit([batch(list)], from: [:]).count == 2)
            #expect(try await settle(fixture, .drop).allSatisfy { isRefused($0) })
            try await fixture.run("ALTER TABLE score_events DROP CONSTRAINT no_two")
            #expect(try await settle(fixture, .retry) == [.written, .written])
            #expect(
                try await rows(fixture, seq: 2) == [
                    """
                    update cup 日本 "\\ signature-2 2 7 4 1790000000.002000 f [{"rank": 4, "score": 7, "period": \
                    "2026-09-21", "window": "daily", "changed": false}, {"period": "all", "sealed": true, "window": \
                    "all"}]
                    """,
                    #"update global 日本 "\ signature-2 2 20 3 1790000000.002000 t"#,
                ])
            #expect(
                try await fixture.column(record)
                    == ["2 score_events retry written", "2 score_events retry written"])
        }
    }

    @Test("A letter whose row somebody wrote by hand needs nothing")
    func writtenByHand() async throws {
        try await withDatabase { fixture in
            let ledger = try await fixture.leader()
            try await fixture.run("ALTER TABLE score_events ADD CONSTRAINT no_two CHECK (seq <> 2)")
            try await ledger.commit([batch(events(1...2))], from: [:])
            try await fixture.run(
                """
                ALTER TABLE score_events DROP CONSTRAINT no_two;
                INSERT INTO score_events SELECT partition, 2, board, 'u2', action_id, nonce, 'signature-2', 2,
                    submitted_score, 20, 3, issued_at, to_timestamp(1790000001.002) FROM score_events WHERE seq = 1
                """)
            #expect(try await settle(fixture, .retry) == [.needless])
            #expect(try await fixture.column("SELECT count(*) FROM score_events WHERE seq = 2") == ["1"])
        }
    }

    // MARK: Scores

    /// Commits events of which the table `scores` refuses some, and lifts its constraint.
    private func refuseScores(_ fixture: PostgresFixture, _ ledger: PostgresLedger, seqs: String) async throws {
        try await fixture.run("ALTER TABLE scores ADD CONSTRAINT not_these CHECK (reached_seq NOT IN (\(seqs)))")
        #expect(try await ledger.commit([batch(events(1...3))], from: [:]).allSatisfy { $0.table == .scores })
    }

    @Test("A score is written again only if it is still missing")
    func score() async throws {
        try await withDatabase { fixture in
            let ledger = try await fixture.leader()
            try await refuseScores(fixture, ledger, seqs: "1, 2")
            #expect(try await fixture.column(letters).count == 2)
            // Redis has these scores: without them, a rebuild would lose them.
            let dropped = try await settle(fixture, .drop)
            #expect(dropped.count == 2 && dropped.allSatisfy { isRefused($0) })
            // The user of the first event, u1, scores again.
            try await ledger.commit([batch(events(4...4))], from: [0: position(3)])
            #expect(try await settle(fixture, .retry).first == .needless)
            #expect(try await fixture.column(scores) == ["u0 30 3", "u1 40 4"])
            try await fixture.run("ALTER TABLE scores DROP CONSTRAINT not_these")
            #expect(try await settle(fixture, .retry) == [.written])
            #expect(try await fixture.column(scores) == ["u0 30 3", "u1 40 4", "u2 20 2"])
            #expect(
                try await fixture.column(
                    "SELECT (updated_at = to_timestamp(1790000001.002))::text FROM scores WHERE user_id = 'u2'")
                    == ["true"])
        }
    }

    private func act(_ kind: LedgerEvent.Kind, _ seq: Int64, user: String = "") -> LedgerEvent {
        LedgerEvent(
            kind: kind, seq: seq, userID: user, signature: "signature-\(seq)", issuedAt: 1_790_000_001_000 + seq,
            appliedAt: 1_790_000_001_000 + seq,
            outcomes: [RankingOutcome(ranking: Ranking(board: "global"), place: nil)],
            seal: kind == .seal ? SealFacts(version: 3, order: .ascending, ties: .dense) : nil)
    }

    @Test(
        "A score never comes back after a reset or a deletion, not even if the ledger refused that one",
        arguments: [false, true])
    func emptied(_ isActRefused: Bool) async throws {
        try await withDatabase { fixture in
            let ledger = try await fixture.leader()
            try await refuseScores(fixture, ledger, seqs: "1, 2")
            if isActRefused { try await fixture.run("ALTER TABLE score_events ADD CONSTRAINT no CHECK (seq < 4)") }
            try await ledger.commit([batch([act(.delete, 4, user: "u1")])], from: [0: position(3)])
            try await fixture.run("ALTER TABLE scores DROP CONSTRAINT not_these")
            let first = try await settle(fixture, .drop)
            #expect(first.first == .needless && isRefused(first.dropFirst().first))
            try await ledger.commit([batch([act(.reset, 5)])], from: [0: position(4)])
            #expect(try await settle(fixture, .retry).first == .needless)
            #expect(try await fixture.column(scores) == [])
            #expect(
                try await fixture.column(letters) == (isActRefused ? ["4 score_events", "5 score_events"] : []))
            try await fixture.run("ALTER TABLE score_events DROP CONSTRAINT IF EXISTS no")
            _ = try await settle(fixture, .drop)
            #expect(
                try await fixture.column("SELECT seq || kind FROM score_events WHERE seq > 3 ORDER BY seq")
                    == ["4delete", "5reset"])
        }
    }

    @Test("The archive of a period does not change: its score is given up by drop alone")
    func archived() async throws {
        try await withDatabase { fixture in
            let ledger = try await fixture.leader()
            try await refuseScores(fixture, ledger, seqs: "1, 2")
            try await ledger.commit([batch([act(.seal, 4)])], from: [0: position(3)])
            try await fixture.run("ALTER TABLE scores DROP CONSTRAINT not_these")
            let store = PostgresDeadLetters(pool: fixture.pool)
            let ids = try await store.list(limit: 10).sorted { $0.letter.seq < $1.letter.seq }.map(\.id)
            // A sealed period whose archive is not made yet takes the score.
            #expect(try await store.settle(ids[0], by: .retry) == .written)
            #expect(try await fixture.column(scores) == ["u0 30 3", "u1 10 1"])
            try await fixture.run("UPDATE archived_periods SET archived_at = now(); DELETE FROM scores")
            #expect(isRefused(try await store.settle(ids[1], by: .retry)))
            #expect(try await store.settle(ids[1], by: .drop) == .givenUp)
            #expect(try await store.settle(ids[1], by: .drop) == .gone)
            #expect(try await fixture.column(scores) == [])
        }
    }

    @Test("A seal that was refused keeps its facts, and does not undo what came later")
    func seal() async throws {
        try await withDatabase { fixture in
            let ledger = try await fixture.leader()
            try await fixture.run("ALTER TABLE archived_periods ADD CONSTRAINT no CHECK (version <> 3)")
            #expect(try await ledger.commit([batch(events(1...1) + [act(.seal, 2)])], from: [:]).map(\.seq) == [2])
            #expect(isRefused(try await settle(fixture, .drop).first))
            try await fixture.run("ALTER TABLE archived_periods DROP CONSTRAINT no")
            #expect(try await settle(fixture, .retry) == [.written])
            #expect(
                try await fixture.column(
                    "SELECT concat_ws(' ', window_name, sealed_seq, version, sort_order, ties) FROM archived_periods")
                    == ["all 2 3 asc dense"])
        }
    }

    @Test("Letters are listed in pages and by partition, and one that is not an event stays")
    func list() async throws {
        try await withDatabase { fixture in
            try await fixture.run(
                """
                INSERT INTO dead_letters (partition, seq, epoch, refused_by, sqlstate, reason, event)
                SELECT n % 2, n, 'e1', 'scores', '23514', 'why', '{"board":"global"}' FROM generate_series(1, 5) AS n
                """)
            let store = PostgresDeadLetters(pool: fixture.pool)
            #expect(try await store.list(limit: 2).map(\.id) == [1, 2])
            #expect(try await store.list(after: 2, limit: 2).map(\.id) == [3, 4])
            #expect(try await store.list(partition: 0, limit: 9).map(\.letter.seq) == [2, 4])
            #expect(try await store.list(id: 3, partition: 0, limit: 9).isEmpty)
            #expect(try await store.count(partition: 1) == 3)
            #expect(isRefused(try await store.settle(3, by: .drop)))
            #expect(try await store.count() == 5)
        }
    }
}
