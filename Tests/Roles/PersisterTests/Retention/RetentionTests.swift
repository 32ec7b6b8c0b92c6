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

    @Test("The last event of a quiet partition, which Redis keeps, is not an orphan although its month was dropped")
    func quiet() async throws {
        try await withThreeMonths { world in
            try await world.update(3999, issuedAt: RetentionWorld.months[3] - 60_000)
            try await world.carry()
            for month in 0..<3 { try await world.drop(month) }
            try await world.expectSameAfterRebuild()
        }
    }

    /// Expects that an audit finds a wrong score, a lost opening and a wrong one.
    private func expectFindings(_ world: RetentionWorld) async throws {
        let entry = "board = 'best' AND window_name = 'all' AND user_id = 'user é 5'"
        for (change, undo) in [
            (
                "UPDATE scores SET score = score + 1 WHERE \(entry)",
                "UPDATE scores SET score = score - 1 WHERE \(entry)"
            ),
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
                    WHERE kind <> 'delete' AND last.seq > coalesce(ended.seq, 0) ORDER BY 1
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

    @Test("A reader holds up a drop, but no commit waits; the next attempt goes on with the drop")
    func reader() async throws {
        try await withThreeMonths { world in
            let (isReading, mayEnd) = (NIOLockedValueBox(false), NIOLockedValueBox(false))
            try await world.withSession { session in
                let reader = Task {
                    try await session.transaction(isolation: .repeatableRead) { connection in
                        let count = try connection.query("SELECT count(*) FROM score_events").first?.int(0)
                        isReading.withLockedValue { $0 = true }
                        try waitUntil("the test has seen enough") { mayEnd.withLockedValue { $0 } }
                        // The month is there to its end.
                        #expect(try connection.query("SELECT count(*) FROM score_events").first?.int(0) == count)
                    }
                }
                try await eventually { isReading.withLockedValue { $0 } }
                try await world.withRetention(detachTries: 2) { retention in
                    async let drop = retention.dropOldest(before: RetentionWorld.bound(0))
                    var longest = Duration.zero
                    for number in 9000..<9100 {
                        try await world.update(number)
                        longest = max(longest, try await ContinuousClock().measure { try await world.carry() })
                    }
                    #expect(longest < .seconds(1))
                    #expect(try await drop == .kept(month: "2026-05", because: "others read the ledger all the time"))
                }
                try await world.expectAgreement()
                mayEnd.withLockedValue { $0 = true }
                try await reader.value
            }
            // With a longer retention, too: what was begun is ended.
            let drop = try await world.withRetention { try await $0.dropOldest(before: 0) }
            guard case .dropped = drop else {
                Issue.record("\(drop)")
                return
            }
            #expect(try await months(world) == Array(Self.all[1...]))
            try await world.expectAgreement()
            try await world.expectSameAfterRebuild()
        }
    }

    @Test("A month that an audit may read is not detached under it")
    func auditFirst() async throws {
        try await withThreeMonths { world in
            let (isLocked, mayEnd) = (NIOLockedValueBox(false), NIOLockedValueBox(false))
            try await world.withSession { session in
                let blocker = Task {
                    try await session.transaction { connection in
                        try connection.script("LOCK TABLE scores IN ACCESS EXCLUSIVE MODE")
                        isLocked.withLockedValue { $0 = true }
                        try waitUntil("the test has seen enough") { mayEnd.withLockedValue { $0 } }
                    }
                }
                try await eventually { isLocked.withLockedValue { $0 } }
                // Its snapshot shows the month, but it has read nothing of the ledger yet.
                let audit = Task { try await world.audit() }
                try await eventually("the audit waits") {
                    try await world.column(
                        """
                        SELECT count(*)::text FROM pg_locks JOIN pg_database ON pg_database.oid = database
                        WHERE datname = current_database() AND NOT granted
                        """) == ["1"]
                }
                let drop = try await world.withRetention { try await $0.dropOldest(before: RetentionWorld.bound(0)) }
                #expect(drop == .kept(month: "2026-05", because: "others read the ledger all the time"))
                mayEnd.withLockedValue { $0 = true }
                try await blocker.value
                #expect(try await audit.value.isClean)
            }
            try await world.drop(0)
            try await world.expectAgreement()
        }
    }

    @Test("An audit that began before a drop sees one moment of the ledger, whatever is dropped meanwhile")
    func auditMeanwhile() async throws {
        try await withThreeMonths { world in
            let isOver = NIOLockedValueBox(false)
            let audits = Task {
                var count = 0
                repeat {
                    try await world.expectAgreement()
                    count += 1
                } while !isOver.withLockedValue { $0 }
                return count
            }
            for month in 0..<3 {
                let drop = try await world.withRetention(detachTries: 20) {
                    try await $0.dropOldest(before: RetentionWorld.bound(month))
                }
                guard case .dropped = drop else {
                    Issue.record("\(drop)")
                    break
                }
            }
            isOver.withLockedValue { $0 = true }
            #expect(try await audits.value > 1)
        }
    }

    @Test(
        "A month of which something is still needed stays, and so do those after it",
        arguments: [
            (
                "a dead letter of an event that was issued in it",
                """
                INSERT INTO dead_letters (partition, seq, epoch, refused_by, sqlstate, reason, event) VALUES
                    (0, 900, 'e', 'score_events', '23505', 'r',
                    '{"issued_at_ms": 1780271999999, "applied_at_ms": 1790000000000, "user_id": "\\u0000"}')
                """, "DELETE FROM dead_letters", "dead letters of that time are open"
            ),
            (
                "a dead letter of a score that was reached then",
                """
                INSERT INTO dead_letters (partition, seq, epoch, refused_by, sqlstate, reason, event) VALUES
                    (0, 900, 'e', 'scores', '23505', 'r',
                    '{"issued_at_ms":1790000000000,"applied_at_ms":1780271999999}')
                """, "DELETE FROM dead_letters", "dead letters of that time are open"
            ),
            (
                "a period that waits for its archive",
                """
                INSERT INTO archived_periods (board, window_name, period, epoch, sealed_seq, sealed_at)
                VALUES ('points', 'cup', 'cup', 'e', 3, '2026-05-03 00:00:00+00')
                """, "UPDATE archived_periods SET archived_at = now() WHERE window_name = 'cup'",
                "a period that was sealed then is not archived yet"
            ),
            (
                "an event that was applied much later",
                """
                ALTER TABLE score_events_2026_05 DISABLE TRIGGER USER;
                UPDATE score_events_2026_05 SET applied_at = applied_at + interval '60 days' WHERE seq = 3
                """, "UPDATE score_events_2026_05 SET applied_at = applied_at - interval '60 days' WHERE seq = 3",
                "its newest event is not older than the retention"
            ),
        ] as [(String, String, String, String)])
    func needed(_ what: String, _ need: String, _ end: String, _ reason: String) async throws {
        try await withThreeMonths { world in
            try await world.run(need)
            let kept = try await world.withRetention { try await $0.dropOldest(before: RetentionWorld.bound(0)) }
            #expect(kept == .kept(month: "2026-05", because: reason))
            #expect(try await months(world) == Self.all)
            try await world.run(end)
            try await world.drop(0)
        }
    }

    @Test("A row that comes while its month is dropped is kept as well")
    func late() async throws {
        try await withThreeMonths { world in
            let pool = world.deployment.pool
            try await world.withRetention(before: { step in
                guard step == .record else { return }
                try await pool.withConnection {
                    try $0.script(
                        """
                        INSERT INTO score_events SELECT partition, seq + 1000000, board, 'late', action_id, nonce,
                            signature || 'x', points, submitted_score, points, rank, issued_at, applied_at, kind, true,
                            NULL
                        FROM score_events_2026_05 WHERE board = 'best' AND kind = 'update' LIMIT 1
                        """)
                }
            }) { _ = try await $0.dropOldest(before: RetentionWorld.bound(0)) }
            #expect(try await months(world) == Array(Self.all[1...]))
            let found = try await world.audit().differences
            #expect(found.map(\.kind) == [.scores] && found.first?.userID == "late" && found.first?.ledger != nil)
        }
    }

    @Test("Openings of deleted boards go, and those of others stay")
    func deletedBoard() async throws {
        try await withThreeMonths { world in
            try await world.drop(0)
            #expect(try await world.column("SELECT count(*)::text FROM ledger_openings WHERE board = 'last'") != ["0"])
            try await world.run("DELETE FROM boards WHERE board = 'last'")
            try await world.drop(1)
            #expect(try await world.column("SELECT count(*)::text FROM ledger_openings WHERE board = 'last'") == ["0"])
            #expect(try await world.column("SELECT count(*)::text FROM ledger_openings WHERE board = 'best'") != ["0"])
        }
    }

    @Test("A job makes the months ahead, and drops none without a retention; one node works at a time")
    func job() async throws {
        try await withThreeMonths { world in
            let now = RetentionWorld.bound(1) + 30 * RetentionWorld.day
            func job(_ session: PostgresPool, _ retention: Duration?) -> RetentionJob {
                RetentionJob(
                    months: PostgresRetention(session: session), retention: retention, logger: quietLogger,
                    now: { now })
            }
            let ahead = ["score_events_2026_09", "score_events_2026_10"]
            try await world.withSession { session in
                try await job(session, nil).round()
                #expect(try await months(world) == Self.all + ahead)
                try await world.withSession { try await job($0, .seconds(30 * 86_400)).round() }
                #expect(try await months(world) == Self.all + ahead)
            }
            try await world.withSession { session in
                let other = job(session, .seconds(30 * 86_400))
                try await eventually("the other node has stopped") {
                    try await other.round()
                    return try await months(world) == Array(Self.all[2...]) + ahead
                }
            }
            #expect(try await world.column("SELECT count(*)::text FROM ledger_drops WHERE dropped_at IS NULL") == ["0"])
            // The tables that were made ahead are what an event needs.
            try world.clock.set(RetentionWorld.months[3] + 31 * RetentionWorld.day + 1)
            for number in 9000..<9010 { try await world.update(number) }
            try await world.carry()
            #expect(try await world.column("SELECT count(*)::text FROM score_events_2026_09") != ["0"])
            try await world.expectAgreement()
        }
    }
}
