import Leaderboard
import PostgresClient

/// The ledger and the scores in Postgres, as an audit reads them: page by page, each in one snapshot.
public struct PostgresAuditLedger: AuditLedger {
    private let pool: PostgresPool

    /// Users of a page, of a board with one ranking. Boards with many rankings have smaller pages.
    private static let usersMax = 1000
    private static let usersMin = 50
    /// Rows of the ledger that are fetched at once. This bounds the memory.
    private static let fetchRows = 2000

    /// - Parameter pool: connections to a migrated database.
    public init(pool: PostgresPool) {
        self.pool = pool
    }

    /// See `AuditLedger`.
    public func page(
        _ audit: LedgerAudit, partition: Int, after user: String?
    ) async throws(StoreError) -> AuditPage {
        try await pool.run { connection in
            try connection.transaction(isolation: .repeatableRead) { connection in
                try Self.page(audit, partition: partition, after: user, on: connection)
            }
        }
    }

    private static func page(
        _ audit: LedgerAudit, partition: Int, after user: String?, on connection: PostgresConnection
    ) throws -> AuditPage {
        // A month that the snapshot shows cannot be dropped then. Of one that is dropped, it shows the openings.
        try connection.execute("LOCK TABLE ONLY score_events IN ACCESS SHARE MODE")
        var audit = audit
        let board = audit.board.id
        let rankings = try rankings(of: board, on: connection)
        // No user has an empty id.
        let range = try range(after: user ?? "", board, rankings, on: connection)
        let rows = try rows(range, board, rankings, on: connection)
        try takeActs(&audit, partition: partition, on: connection)
        var letters = try AuditLetters(&audit, partition: partition, on: connection)
        audit.begin(rows)
        let isInPage = "board = $1 AND partition = \(partition) AND \(range.condition(from: 2))"
        // An opening comes after the rows that it stands for, if they are still there.
        try connection.execute(
            """
            DECLARE audited NO SCROLL CURSOR FOR SELECT * FROM (
                SELECT \(AuditRows.columns) FROM score_events WHERE \(isInPage)
                UNION ALL SELECT \(AuditRows.openingColumns) FROM ledger_openings WHERE \(isInPage)) AS lines
            ORDER BY user_id, seq, kind = 'opening'
            """, [.text(board)] + range.values)
        while true {
            let events = try connection.query("FETCH \(fetchRows) FROM audited").rows
            for row in events { letters.pass(try AuditRows.line(row, board: board), to: &audit) }
            if events.count < fetchRows { break }
        }
        try letters.finish(&audit, isInPage: range.condition(from: 2), range.values, on: connection)
        audit.endPage()
        return AuditPage(audit: audit, rows: rows, next: range.last)
    }

    /// The users of a page.
    private struct Range {
        let after: String
        /// The last user; nil if there is no page after this one.
        let last: String?

        var values: [PostgresValue] { [.text(after)] + (last.map { [.text($0)] } ?? []) }

        /// The condition for `user_id`.
        ///
        /// - Parameter first: the number of the first of the `values` among the parameters.
        func condition(from first: Int) -> String {
            "user_id > $\(first)" + (last == nil ? "" : " AND user_id <= $\(first + 1)")
        }
    }

    /// The rankings of a board that have rows in `scores`, found with an index lookup for each.
    private static func rankings(of board: String, on connection: PostgresConnection) throws -> [Ranking] {
        try connection.query(
            """
            WITH RECURSIVE live (window_name, period) AS (
                (SELECT window_name, period FROM scores WHERE board = $1 ORDER BY window_name, period LIMIT 1)
                UNION ALL
                SELECT next.window_name, next.period FROM live CROSS JOIN LATERAL (
                    SELECT scores.window_name, scores.period FROM scores
                    WHERE board = $1 AND (scores.window_name, scores.period) > (live.window_name, live.period)
                    ORDER BY scores.window_name, scores.period LIMIT 1) AS next)
            SELECT window_name, period FROM live
            """, [.text(board)]
        ).rows.map { Ranking(board: board, window: try $0.string(0), period: try $0.string(1)) }
    }

    private static func values(_ board: String, _ rankings: [Ranking]) -> [PostgresValue] {
        [.text(board), .textArray(rankings.map(\.window)), .textArray(rankings.map(\.period))]
    }

    private static func range(
        after user: String, _ board: String, _ rankings: [Ranking], on connection: PostgresConnection
    ) throws -> Range {
        let count = max(usersMin, usersMax / max(1, rankings.count))
        let row = try connection.query(
            """
            SELECT min(bound.user_id) FROM unnest($2::text[], $3::text[]) AS live (window_name, period)
            CROSS JOIN LATERAL (
                SELECT user_id FROM scores
                WHERE board = $1 AND scores.window_name = live.window_name AND scores.period = live.period
                    AND user_id > $4
                ORDER BY user_id OFFSET $5 LIMIT 1) AS bound
            """, values(board, rankings) + [.text(user), .int(Int64(count - 1))]
        ).first
        return Range(after: user, last: try row?.stringOrNil(0))
    }

    private static func rows(
        _ range: Range, _ board: String, _ rankings: [Ranking], on connection: PostgresConnection
    ) throws -> [LedgerAudit.Row] {
        try connection.query(
            """
            SELECT place - 1, user_id, score, reached_seq
            FROM unnest($2::text[], $3::text[]) WITH ORDINALITY AS live (window_name, period, place)
            CROSS JOIN LATERAL (
                SELECT user_id, score, reached_seq FROM scores
                WHERE board = $1 AND scores.window_name = live.window_name AND scores.period = live.period
                    AND \(range.condition(from: 4))) AS found
            """, values(board, rankings) + range.values
        ).rows.map { row in
            LedgerAudit.Row(
                ranking: rankings[Int(try row.int(0))], userID: try row.string(1),
                reached: ReachedScore(score: try row.int(2), seq: try row.int(3)))
        }
    }

    private static func takeActs(
        _ audit: inout LedgerAudit, partition: Int, on connection: PostgresConnection
    ) throws {
        let rows = try connection.query(
            """
            SELECT \(AuditRows.columns) FROM score_events
            WHERE board = $1 AND user_id = '' AND partition = $2 AND seq > $3
            UNION ALL SELECT \(AuditRows.openingColumns) FROM ledger_openings
            WHERE board = $1 AND user_id = '' AND partition = $2 AND reached_seq > $3
            """, [.text(audit.board.id), .int(Int64(partition)), .int(audit.acts.lastSeq)]
        ).rows
        for row in rows {
            switch try AuditRows.line(row, board: audit.board.id) {
            case .event(let act): audit.acts.take(act)
            case .opening(var act):
                // Of a seal, only the end of the scores matters: a month is not dropped before the period is archived.
                act.kind = .reset
                audit.acts.take(act)
            }
        }
    }

    /// See `AuditLedger`.
    public func scores(
        of ranking: Ranking, partition: Int, users: [String]
    ) async throws(StoreError) -> AuditScores {
        try await pool.run { connection in
            try connection.transaction(isolation: .repeatableRead) { connection in
                let facts = try connection.query(
                    """
                    SELECT coalesce((SELECT seq FROM partition_positions WHERE partition = $4), 0),
                        coalesce((SELECT sealed_seq FROM archived_periods WHERE \(PostgresArchive.isRanking)), 0)
                    """, PostgresArchive.key(ranking) + [.int(Int64(partition))]
                ).first
                let rows = try connection.query(
                    """
                    SELECT user_id, score, reached_seq FROM scores
                    WHERE \(PostgresArchive.isRanking) AND user_id = ANY ($4::text[])
                    """, PostgresArchive.key(ranking) + [.textArray(users)]
                ).rows.map { row in
                    (
                        ByteExact(try row.string(0)), ReachedScore(score: try row.int(1), seq: try row.int(2))
                    )
                }
                return AuditScores(
                    position: try facts?.int(0) ?? 0, seal: try facts?.int(1) ?? 0,
                    rows: Dictionary(rows, uniquingKeysWith: { $1 }))
            }
        }
    }
}
