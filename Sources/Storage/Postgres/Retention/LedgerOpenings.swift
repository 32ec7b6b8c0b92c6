import Leaderboard
import PostgresClient

/// The table `ledger_openings`: what the months that were dropped, or are about to be, say about each score.
///
/// An opening is the last row of the ledger that set or removed a score, so it is true whether that row is still there
/// or not, and whatever else was read. That is why all of this may stop anywhere and begin again.
struct LedgerOpenings {
    /// What a pass over a month has read.
    struct Tally {
        var rows: Int64 = 0
        var openings: Int64 = 0
        /// When the newest event was applied, in ms since 1970.
        var newest: Int64?
    }

    let month: LedgerMonth

    /// Openings that are looked at by one statement that removes some.
    private static let pageRows: Int64 = 20_000

    /// The number of blocks of the month's table.
    func blocks(on connection: PostgresConnection) throws -> Int64 {
        try connection.query(
            "SELECT pg_relation_size($1::regclass) / current_setting('block_size')::bigint", [.text(month.tableName)]
        ).first?.int(0) ?? 0
    }

    private func isIn(_ blocks: Range<Int64>) -> String {
        "ctid >= '(\(blocks.lowerBound),0)' AND ctid < '(\(blocks.upperBound),0)'"
    }

    /// Counts the rows of some blocks of the month.
    func count(blocks: Range<Int64>, on connection: PostgresConnection) throws -> Tally {
        let row = try connection.query("SELECT count(*) FROM \(month.tableName) WHERE \(isIn(blocks))").first
        return Tally(rows: try row?.int(0) ?? 0)
    }

    /// Keeps what some blocks of the month say.
    ///
    /// With the last blocks first, almost every opening is written once: what older blocks say is known to be outdated.
    func keep(blocks: Range<Int64>, on connection: PostgresConnection) throws -> Tally {
        let sql = """
            WITH rows AS MATERIALIZED (
                SELECT * FROM \(month.tableName) WHERE \(isIn(blocks))
            ), lines AS MATERIALIZED (
                SELECT DISTINCT ON (board, partition, user_id, window_name, line.period)
                    board, partition, user_id, window_name, line.period, seq, applied_at,
                    CASE WHEN kind IN ('update', 'correction') THEN line.score END AS score
                FROM rows JOIN boards USING (board) CROSS JOIN LATERAL (
                    SELECT 'all' AS window_name, 'all' AS period, rows.score, rows.changed WHERE outcomes IS NULL
                    UNION ALL
                    SELECT outcome."window", outcome.period, outcome.score, outcome.changed
                    FROM jsonb_to_recordset(outcomes) AS outcome
                        ("window" text, period text, score bigint, changed boolean)
                ) AS line
                WHERE kind IN ('reset', 'seal') OR (line.score IS NOT NULL AND (kind = 'delete' OR line.changed))
                ORDER BY board, partition, user_id, window_name, line.period, seq DESC
            ), acts AS MATERIALIZED (
                SELECT board, partition, window_name, period, seq FROM lines WHERE user_id = ''
                UNION ALL
                SELECT board, partition, window_name, period, reached_seq FROM ledger_openings WHERE user_id = ''
            ), kept AS (
                INSERT INTO ledger_openings AS known
                    (board, partition, user_id, window_name, period, score, reached_seq, reached_at, month)
                SELECT board, partition, user_id, window_name, period, lines.score, seq, applied_at,
                    DATE '\(month.firstDay)'
                FROM lines LEFT JOIN ledger_openings AS older USING (board, partition, user_id, window_name, period)
                WHERE (older.reached_seq IS NULL OR older.reached_seq < seq)
                    AND NOT EXISTS (
                        SELECT FROM acts WHERE acts.board = lines.board AND acts.partition = lines.partition
                            AND acts.window_name = lines.window_name AND acts.period = lines.period
                            AND acts.seq > lines.seq)
                ON CONFLICT (board, partition, user_id, window_name, period) DO UPDATE
                    SET score = EXCLUDED.score, reached_seq = EXCLUDED.reached_seq, reached_at = EXCLUDED.reached_at,
                        month = EXCLUDED.month
                    WHERE known.reached_seq < EXCLUDED.reached_seq
                RETURNING 1
            )
            SELECT (SELECT count(*) FROM rows), (SELECT count(*) FROM kept),
                (SELECT (extract(epoch FROM max(applied_at)) * 1000)::bigint FROM rows)
            """
        guard let row = try connection.query(sql).first else { return Tally() }
        return Tally(rows: try row.int(0), openings: try row.int(1), newest: try row.intOrNil(2))
    }

    /// The end of a page of the table.
    struct Place: Sendable {
        var board = ""
        var partition: Int64 = -1
        var user = ""

        var values: [PostgresValue] { [.text(board), .int(partition), .text(user)] }
    }

    /// Removes from one page what nobody needs when the month is detached: scores that a reset or a seal ended, those
    /// of deleted boards, and removals in months before this one, since all rows that are left are later.
    ///
    /// - Returns: the end of the page; nil after the last one.
    func sweep(after place: Place, on connection: PostgresConnection) throws -> Place? {
        let end = try connection.query(
            """
            SELECT board, partition, user_id FROM ledger_openings WHERE (board, partition, user_id) > ($1, $2, $3)
            ORDER BY board, partition, user_id OFFSET \(Self.pageRows) LIMIT 1
            """, place.values
        ).first
        let last = try end.map {
            Place(board: try $0.string(0), partition: try $0.int(1), user: try $0.string(2))
        }
        let isInPage = last == nil ? "" : "AND (opening.board, opening.partition, opening.user_id) <= ($4, $5, $6)"
        try connection.execute(
            """
            DELETE FROM ledger_openings AS opening
            WHERE (opening.board, opening.partition, opening.user_id) > ($1, $2, $3) \(isInPage) AND (
                (score IS NULL AND month < '\(month.firstDay)')
                OR NOT EXISTS (SELECT FROM boards WHERE boards.board = opening.board)
                OR EXISTS (
                    SELECT FROM ledger_openings AS act
                    WHERE act.board = opening.board AND act.partition = opening.partition AND act.user_id = ''
                        AND act.window_name = opening.window_name AND act.period = opening.period
                        AND act.reached_seq > opening.reached_seq))
            """, place.values + (last?.values ?? []))
        return last
    }
}
