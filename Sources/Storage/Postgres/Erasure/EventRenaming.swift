import Leaderboard
import PostgresClient

/// Renames a deleted user in the ledger of one board. All of it may stop anywhere and begin again.
///
/// An audit may read between any two transactions. It must find that the pseudonym and the user have no score from the
/// life that ended. So the oldest events are renamed first, and the event that removed the scores last: what is left of
/// the user's events always ends with it. The pseudonym gets an opening without a score at that event for each ranking
/// of its events, which ends them before the event is renamed, too.
struct EventRenaming {
    let erasure: Erasure
    let board: String
    /// Where the life ends; nil for a board that is not in the catalogue any more, on which all events are renamed.
    let end: BoardErasure?

    /// The keys of the lock that a reader of the ledger shares while it writes openings.
    static let openingsLock = "\(LedgerLeases.lockClass), -5"
    /// How long a transaction may wait for a lock.
    private static let lockTimeoutMilliseconds = 3000

    private var names: [PostgresValue] {
        [.text(board), .text(erasure.userID), .text(erasure.pseudonym)]
    }

    private func covers(seq: String, at: String) -> String {
        end.map { BoardEnd(erasure: $0, request: 0, isRenamed: false).covers(seq: seq, at: at) } ?? "TRUE"
    }

    /// Renames the oldest events, without the one that removed the scores. Returns false if few are left, which
    /// ``finish(on:)`` takes.
    func renameOldest(_ count: Int64, on connection: PostgresConnection) throws -> Bool {
        let isOld = "board = $1 AND user_id = $2 AND \(covers(seq: "seq", at: "applied_at"))"
        let bound = try connection.query(
            """
            SELECT applied_at::text FROM score_events WHERE \(isOld) ORDER BY applied_at OFFSET $3 LIMIT 1
            """, [.text(board), .text(erasure.userID), .int(count)]
        ).first
        guard let bound else { return false }
        try connection.transaction { connection in
            try rename("applied_at <= $4::timestamptz", [.text(try bound.string(0))], keepsEnd: true, on: connection)
        }
        return true
    }

    private func rename(
        _ condition: String, _ values: [PostgresValue], keepsEnd: Bool, on connection: PostgresConnection
    ) throws {
        var condition = "board = $1 AND user_id = $2 AND \(covers(seq: "seq", at: "applied_at")) AND \(condition)"
        guard let end else {
            try connection.execute("UPDATE score_events SET user_id = $3 WHERE \(condition)", names + values)
            return
        }
        if keepsEnd { condition += " AND NOT (partition = \(end.partition) AND seq = \(end.seq))" }
        try connection.execute(
            """
            WITH renamed AS (
                UPDATE score_events SET user_id = $3 WHERE \(condition) RETURNING partition, outcomes
            )
            INSERT INTO ledger_openings AS known
                (board, partition, user_id, window_name, period, score, reached_seq, reached_at, month)
            SELECT DISTINCT $1, partition, $3, line.window_name, line.period, NULL::bigint, \(end.seq)::bigint,
                to_timestamp(\(end.at) / 1000.0),
                date_trunc('month', to_timestamp(\(end.at) / 1000.0) AT TIME ZONE 'UTC')::date
            FROM renamed CROSS JOIN LATERAL (
                SELECT 'all' AS window_name, 'all' AS period WHERE outcomes IS NULL
                UNION ALL
                SELECT outcome."window", outcome.period
                FROM jsonb_to_recordset(outcomes) AS outcome ("window" text, period text)
            ) AS line
            WHERE partition = \(end.partition)
            ON CONFLICT (board, partition, user_id, window_name, period) DO UPDATE
                SET score = NULL, reached_seq = EXCLUDED.reached_seq, reached_at = EXCLUDED.reached_at,
                    month = EXCLUDED.month
                WHERE known.reached_seq < EXCLUDED.reached_seq
            """, names + values)
    }

    /// Renames the events that are left, the dead letters and the openings, in one transaction: a rebuild or an audit
    /// sees the event that removed the scores under the same name as what it removed.
    ///
    /// - Returns: false if the retention of the ledger is in the middle of a drop, which has to end first.
    func finish(on connection: PostgresConnection) throws -> Bool {
        try connection.transaction { connection in
            try connection.script("SET LOCAL lock_timeout = \(Self.lockTimeoutMilliseconds)")
            try connection.query("SELECT pg_advisory_xact_lock(\(Self.openingsLock))")
            let isDropping = try connection.query(
                "SELECT EXISTS (SELECT FROM ledger_drops WHERE dropped_at IS NULL) AS is_dropping"
            ).first
            guard try isDropping?.bool("is_dropping") == false else { return false }
            try LetterRenaming(erasure).rename(board: board, end: end, on: connection)
            try rename("TRUE", [], keepsEnd: false, on: connection)
            let isOld = """
                board = $1 AND partition IN (SELECT partition FROM partition_positions) AND user_id = $2
                    AND \(covers(seq: "reached_seq", at: "reached_at"))
                """
            try connection.execute(
                """
                UPDATE ledger_openings AS old SET user_id = $3 WHERE \(isOld) AND NOT EXISTS (
                    SELECT FROM ledger_openings AS new
                    WHERE new.board = old.board AND new.partition = old.partition AND new.user_id = $3
                        AND new.window_name = old.window_name AND new.period = old.period)
                """, names)
            try connection.execute("DELETE FROM ledger_openings WHERE \(isOld)", [names[0], names[1]])
            try connection.execute(
                """
                UPDATE user_deletion_boards SET renamed_at = clock_timestamp()
                WHERE pseudonym = $1 AND board = $2 AND seq = $3
                """, [.text(erasure.pseudonym), .text(board), .int(end?.seq ?? 0)])
            return true
        }
    }

    // MARK: Signatures

    /// Removes nonces and signatures of the pseudonym's updates, as many as the batch allows. Returns false if some are
    /// left.
    static func strip(
        _ pseudonym: String, board: String, limit: Int64, on connection: PostgresConnection
    ) throws -> Bool {
        let isWhole = """
            board = $1 AND user_id = $2 AND kind IN ('update', 'correction') AND NOT starts_with(signature, 'erased.')
            """
        let values: [PostgresValue] = [.text(board), .text(pseudonym)]
        let bound = try connection.query(
            "SELECT applied_at::text FROM score_events WHERE \(isWhole) ORDER BY applied_at OFFSET $3 LIMIT 1",
            values + [.int(limit)]
        ).first
        try connection.execute(
            """
            UPDATE score_events SET nonce = '', signature = 'erased.' || replace(gen_random_uuid()::text, '-', '')
            WHERE \(isWhole) AND applied_at <= coalesce($3::timestamptz, 'infinity')
            """, values + [.text(orNull: try bound?.string(0))])
        return bound == nil
    }
}
