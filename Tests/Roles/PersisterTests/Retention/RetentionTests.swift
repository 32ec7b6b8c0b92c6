import Leaderboard
import NIOConcurrencyHelpers
import Persister
import PostgresClient
import Storage
import TestSupport
import Testing

/// Old months of the ledger are dropped, and nobody can tell from the scores.
@Suite(.timeLimit(.minutes(3)))
struct RetentionTests {
    /// The months of the ledger.
    private func months(_ world: RetentionWorld) async throws -> [String] {
        try await world.column(
            """
            SELECT relname::text FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
            WHERE inhparent = 'score_events'::regclass AND NOT inhdetachpending ORDER BY 1
            """)
    }

    private static let all = (5...8).map { "score_events_2026_0\($0)" }

    @Test("After each drop an audit agrees, a rebuild gives the same rankings, and a wrong score is found")
    func exact() async throws {
        try await withThreeMonths { world in
            #expect(try await months(world) == Self.all)
            try await world.expectAgreement()
            for month in 0..<3 {
                let rows = try await world.column("SELECT count(*)::text FROM \(Self.all[month])")
                let dropped = try await world.drop(month)
                #expect(dropped.month == "2026-0\(month + 5)" && dropped.rows == Int64(rows[0]))
                #expect(dropped.bytes > 0 && dropped.openings > 0)
                let next = try await world.withRetention {
                    try await $0.dropOldest(before: RetentionWorld.bound(month))
                }
                #expect(next == .none)
                #expect(try await months(world) == Array(Self.all[(month + 1)...]))
                try await world.expectAgreement()
                try await world.expectSameAfterRebuild()
                try await world.expectAgreement()
                try await expectFindings(world)
            }
            // Updates go on from the openings.
            for number in 9000..<9030 { try await world.update(number) }
            try await world.carry()
            try await world.expectAgreement()
            try await world.expectSameAfterRebuild()
        }
    }

    /// Expects that an audit finds a wrong score, a lost opening and a wrong one.
    private func expectFindings(_ world: RetentionWorld) async throws {
        let entry = "board = 'lives' AND window_name = 'all' AND user_id = 'user é 5'"
        for (change, undo) in [
            ("UPDATE scores SET score = score + 1 WHERE \(entry)", "UPDATE scores SET score = score - 1 WHERE \(entry)"),
            (
                "UPDATE ledger_openings SET score = score + 1 WHERE \(entry)",
                "UPDATE ledger_openings SET score = score - 1 WHERE \(entry)"
            ),
            (
                "CREATE TABLE lost AS SELECT * FROM ledger_openings WHERE \(entry); "
                    + "DELETE FROM ledger_openings WHERE \(entry)",
                "INSERT INTO ledger_openings SELECT * FROM lost; DROP TABLE lost"
            ),
        ] {
            try await world.run(change)
            let found = try await world.audit().differences
            #expect(!found.isEmpty && found.allSatisfy { $0.userID == "user é 5" }, "\(change): \(found)")
            try await world.run(undo)
        }
    }

    @Test("There is one opening for each score that a dropped month reached and no later event ended")
    func openings() async throws {
        try await withThreeMonths { world in
            try await world.run("CREATE TABLE whole AS SELECT * FROM score_events")
            for month in 0..<3 {
                try await world.drop(month)
                // The last row of each score in the dropped months, by a plain fold over a copy of them.
                let expected = try await world.column(
                    """
                    WITH lines AS (
                        SELECT w.partition, board, user_id, o->>'window' AS win, o->>'period' AS per, seq, kind,
                            (o->>'score')::bigint AS score, (o->>'changed')::boolean AS changed
                        FROM whole AS w, jsonb_array_elements(coalesce(outcomes, jsonb_build_array(jsonb_build_object(
                            'window', 'all', 'period', 'all', 'score', w.score, 'changed', w.changed)))) AS o
                        WHERE issued_at < to_timestamp(\(RetentionWorld.months[month + 1]) / 1000)
                    ), ended AS (
                        SELECT partition, board, win, per, max(seq) AS seq FROM lines
                        WHERE kind IN ('reset', 'seal') GROUP BY 1, 2, 3, 4
                    ), last AS (
                        SELECT DISTINCT ON (partition, board, user_id, win, per) * FROM lines
                        WHERE user_id <> '' AND score IS NOT NULL AND (changed OR kind = 'delete')
                        ORDER BY partition, board, user_id, win, per, seq DESC
                    )
                    SELECT concat_ws(' ', board, last.user_id, win, per, last.score, last.seq)
                    FROM last LEFT JOIN ended USING (partition, board, win, per)
                    WHERE kind = 'update' AND last.seq > coalesce(ended.seq, 0) ORDER BY 1
                    """)
                let found = try await world.column(
                    """
                    SELECT concat_ws(' ', board, user_id, window_name, period, score, reached_seq) FROM ledger_openings
                    WHERE score IS NOT NULL ORDER BY 1
                    """)
                #expect(found == expected)
                #expect(found.count > 40)
                // What says that a score was removed goes with the next month.
                #expect(
                    try await world.column("SELECT DISTINCT month::text FROM ledger_openings WHERE score IS NULL")
                        == ["2026-0\(month + 5)-01"])
            }
        }
    }

    @Test("A drop that is interrupted before any of its steps loses nothing, and is repeated to the end")
    func interrupted() async throws {
        try await withThreeMonths { world in
            struct Killed: Error {}
            for month in 0..<3 {
                for step in PostgresRetention.Step.allCases {
                    try await world.withRetention(before: { if $0 == step { throw Killed() } }) { stopped in
                        await #expect(throws: StoreError.self, "\(step)") {
                            try await stopped.dropOldest(before: RetentionWorld.bound(month))
                        }
                    }
                    try await world.expectAgreement()
                }
                try await world.expectSameAfterRebuild()
                try await world.drop(month)
                #expect(try await months(world) == Array(Self.all[(month + 1)...]))
                try await world.expectAgreement()
            }
            try await world.expectSameAfterRebuild()
        }
    }
}
