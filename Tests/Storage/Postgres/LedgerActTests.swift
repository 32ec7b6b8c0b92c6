import Leaderboard
import Storage
import Testing

/// Events with several rankings, and those that are not updates.
@Suite(.timeLimit(.minutes(1)))
struct LedgerActTests {
    private let rows = """
        SELECT concat_ws(' ', seq, kind, board, user_id, score, rank, changed, coalesce(outcomes::text, 'NULL'))
        FROM score_events ORDER BY seq, board
        """
    private let scores = """
        SELECT concat_ws(' ', board, window_name, period, user_id, score, reached_seq) FROM scores ORDER BY 1
        """
    private let daily = Ranking(board: "cup", window: "daily", period: "2026-11-20")
    private let all = Ranking(board: "cup")

    private func outcome(
        _ ranking: Ranking, _ score: Int64, _ rank: Int64, _ isChanged: Bool = true
    ) -> RankingOutcome {
        RankingOutcome(ranking: ranking, place: .init(score: score, rank: rank, isChanged: isChanged))
    }

    private func event(_ seq: Int64, _ outcomes: RankingOutcome..., user: String = "u") -> LedgerEvent {
        var event = events(seq...seq)[0]
        (event.userID, event.outcomes) = (user, outcomes)
        return event
    }

    private func act(_ kind: LedgerEvent.Kind, _ seq: Int64, _ rankings: Ranking..., user: String = "") -> LedgerEvent {
        LedgerEvent(
            kind: kind, seq: seq, userID: user, signature: "signature-\(seq)", issuedAt: 1_790_000_001_000 + seq,
            appliedAt: 1_790_000_001_000 + seq,
            outcomes: rankings.map { ranking in
                RankingOutcome(
                    ranking: ranking, place: kind == .delete ? .init(score: 5, rank: 1, isChanged: true) : nil)
            })
    }

    @Test("One row for each board, with the outcomes of all its rankings; the common case has none")
    func outcomes() async throws {
        try await withDatabase { fixture in
            let ledger = try await fixture.leader()
            let list = [
                event(1, outcome(all, 5, 1)),
                event(2, outcome(daily, 7, 2), outcome(all, 12, 1), outcome(Ranking(board: "b"), 7, 3)),
                event(3, outcome(all, 12, 1, false)),
                event(4, RankingOutcome(ranking: daily, place: nil), outcome(all, 13, 1)),
                event(5, outcome(daily, 7, 2, false), outcome(all, 14, 1)),
                event(6, RankingOutcome(ranking: daily, place: nil), outcome(Ranking(board: "b"), 8, 3)),
            ]
            #expect(try await ledger.commit([batch(list)], from: [:]) == [])
            let sealed = #"{"period": "2026-11-20", "sealed": true, "window": "daily"}"#
            func taken(_ ranking: Ranking, _ score: Int, _ rank: Int, _ isChanged: Bool = true) -> String {
                """
                {"rank": \(rank), "score": \(score), "period": "\(ranking.period)", "window": "\(ranking.window)", \
                "changed": \(isChanged)}
                """
            }
            #expect(
                try await fixture.column(rows) == [
                    "1 update cup u 5 1 t NULL",
                    "2 update b u 7 3 t NULL",
                    "2 update cup u 7 2 t [\(taken(daily, 7, 2)), \(taken(all, 12, 1))]",
                    "3 update cup u 12 1 f NULL",
                    "4 update cup u 13 1 t [\(sealed), \(taken(all, 13, 1))]",
                    "5 update cup u 7 2 t [\(taken(daily, 7, 2, false)), \(taken(all, 14, 1))]",
                    "6 update b u 8 3 t NULL",
                    "6 update cup u 0 0 f [\(sealed)]",
                ])
            #expect(
                try await fixture.column(scores)
                    == ["b all all u 8 6", "cup all all u 14 5", "cup daily 2026-11-20 u 7 2"])
        }
    }

    @Test("A reset empties what came before it, and nothing after it")
    func reset() async throws {
        try await withDatabase { fixture in
            let ledger = try await fixture.leader()
            let list = [
                event(1, outcome(daily, 1, 1), outcome(all, 1, 1)),
                event(2, outcome(daily, 2, 1), outcome(all, 2, 1), user: "v"),
                act(.reset, 3, daily),
                event(4, outcome(daily, 3, 1), outcome(all, 5, 1), user: "v"),
            ]
            try await ledger.commit([batch(list)], from: [:])
            #expect(
                try await fixture.column(scores)
                    == ["cup all all u 1 1", "cup all all v 5 4", "cup daily 2026-11-20 v 3 4"])
            #expect(
                try await fixture.column("SELECT outcomes::text FROM score_events WHERE kind = 'reset'")
                    == [#"[{"period": "2026-11-20", "window": "daily"}]"#])
            // Of another batch, too.
            try await ledger.commit([batch([act(.reset, 5, daily, all)])], from: [0: position(4)])
            #expect(try await fixture.column(scores) == [])
            #expect(try await ledger.positions() == [0: position(5)])
        }
    }

    @Test("A delete takes the scores of one user")
    func deleteUser() async throws {
        try await withDatabase { fixture in
            let ledger = try await fixture.leader()
            let list = [
                event(1, outcome(daily, 5, 1), outcome(all, 5, 1)), event(2, outcome(all, 2, 1), user: "v"),
                act(.delete, 3, daily, all, user: "u"),
                event(4, outcome(all, 1, 2)),
            ]
            try await ledger.commit([batch(list)], from: [:])
            #expect(try await fixture.column(scores) == ["cup all all u 1 4", "cup all all v 2 2"])
            #expect(
                try await fixture.column("SELECT concat_ws(' ', kind, user_id, score, rank) FROM score_events")
                    .contains("delete u 5 1"))
        }
    }

    @Test("A seal makes the row of an archive, which is not complete")
    func seal() async throws {
        try await withDatabase { fixture in
            let ledger = try await fixture.leader()
            try await ledger.commit([batch([event(1, outcome(daily, 5, 1)), act(.seal, 2, daily)])], from: [:])
            #expect(
                try await fixture.column(
                    """
                    SELECT concat_ws(' ', board, window_name, period, epoch, sealed_seq, entries, checksum)
                    FROM archived_periods
                    """) == ["cup daily 2026-11-20 e1 2"])
            #expect(try await fixture.column(scores) == ["cup daily 2026-11-20 u 5 1"])
        }
    }

    @Test("Administrators' acts in two partitions in one transaction")
    func partitions() async throws {
        try await withDatabase { fixture in
            let ledger = try await fixture.leader()
            let other = Ranking(board: "b")
            let first = [event(1, outcome(all, 1, 1)), act(.reset, 2, all)]
            var second = [act(.reset, 1, other), event(2, outcome(other, 2, 1))]
            for index in second.indices { second[index].signature += "-b" }
            try await ledger.commit([batch(first), batch(second, partition: 1)], from: [:])
            #expect(try await fixture.column(scores) == ["b all all u 2 2"])
        }
    }

    @Test("Acts take effect also if a row of their batch is refused, or their own is")
    func deadLetters() async throws {
        try await withDatabase { fixture in
            let ledger = try await fixture.leader()
            var twice = act(.reset, 4, all)
            (twice.signature, twice.issuedAt) = ("signature-1", 1_790_000_000_001)
            let list = [
                event(1, outcome(all, 1, 1)), event(2, outcome(all, 2, 1), user: "a\0b"),
                event(3, outcome(daily, 2, 1), outcome(all, 2, 1), user: "v"), twice,
                event(5, outcome(all, 3, 1), user: "w"),
            ]
            let refused = try await ledger.commit([batch(list)], from: [:])
            #expect(refused.map(\.seq) == [2, 4, 2])
            #expect(try await fixture.column(scores) == ["cup all all w 3 5", "cup daily 2026-11-20 v 2 3"])
            #expect(
                try await fixture.column("SELECT event ->> 'kind' FROM dead_letters WHERE seq = 4") == ["reset"])
            #expect(
                try await fixture.column("SELECT event -> 'outcomes' FROM dead_letters WHERE seq = 4")
                    == [#"[{"board":"cup","window":"all","period":"all"}]"#])
        }
    }
}
