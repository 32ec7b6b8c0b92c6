import Basics
import Crypto
import Leaderboard
import PostgresClient

/// The final standings in Postgres: tables `archived_periods` and `archived_entries`.
///
/// The ledger makes the row of a period with its `seal` event. From then on the scores of the ranking do not change, so
/// that they can be moved in one transaction.
public struct PostgresArchive: Archive {
    private let pool: PostgresPool
    private let leases: LedgerLeases?

    /// How long one statement may take. To move ten million scores takes some minutes.
    private static let statementTimeout = Duration.seconds(900)
    /// Entries that are hashed, or deleted, by one statement. This bounds the memory.
    private static let chunkEntries: Int64 = 10_000
    /// Chunks that one call of `prune` deletes: some seconds of work.
    private static let chunksMax = 40

    /// - Parameters:
    ///   - pool: connections to a migrated database.
    ///   - ledger: the ledger of the same node, whose leases allow the node to archive and to prune; nil if others take
    ///     care of that.
    public init(pool: PostgresPool, ledger: PostgresLedger? = nil) {
        self.pool = pool
        leases = ledger?.leases
    }

    /// See `Archive`.
    public func archive(_ ranking: Ranking, board: Board, period: Period) async throws(StoreError) -> Bool {
        try await pool.run { connection in
            try connection.withStatementTimeout(Self.statementTimeout) {
                try connection.transaction { connection in
                    // A row that another persister works on counts as missing.
                    let row = try connection.query(
                        """
                        SELECT archived_at IS NOT NULL OR expired_at IS NOT NULL AS is_done, sort_order, ties
                        FROM archived_periods WHERE \(Self.isRanking) FOR UPDATE SKIP LOCKED
                        """, Self.key(ranking)
                    ).first
                    guard let row else { return false }
                    // The board may have got another form since.
                    var rules = board.rules
                    rules.order = try row.stringOrNil("sort_order").flatMap { .init(rawValue: $0) } ?? rules.order
                    rules.ties = try row.stringOrNil("ties").flatMap { .init(rawValue: $0) } ?? rules.ties
                    if try !row.bool("is_done") { try Self.move(ranking, rules, period, on: connection) }
                    // Right before the end: the node may have paused at any moment.
                    try leases?.check(on: connection)
                    return true
                }
            }
        }
    }

    /// Moves the scores of a ranking to the archive, and completes its row.
    private static func move(
        _ ranking: Ranking, _ rules: BoardRules, _ period: Period, on connection: PostgresConnection
    ) throws {
        // Left from an earlier life of the name.
        try connection.execute("DELETE FROM archived_entries WHERE \(isRanking)", key(ranking))
        let moved = try connection.execute(copy(rules), key(ranking))
        guard try connection.execute("DELETE FROM scores WHERE \(isRanking)", key(ranking)) == moved else {
            throw StoreError(.conflict, "the scores of \(ranking) changed while they were archived")
        }
        try connection.execute(
            """
            UPDATE archived_periods SET sort_order = $4, ties = $5, starts_at = $6, ends_at = $7, entries = $8,
                checksum = $9, archived_at = now()
            WHERE \(isRanking)
            """,
            key(ranking) + [
                .text(rules.order.rawValue), .text(rules.ties.rawValue), timestamp(period.startsAt),
                timestamp(period.endsAt), .int(Int64(moved)), .text(try checksum(ranking, on: connection)),
            ])
    }

    /// The statement that copies the scores of a ranking to the archive with their places and ranks.
    private static func copy(_ rules: BoardRules) -> String {
        let direction = rules.order == .descending ? "DESC" : "ASC"
        let rank =
            switch rules.ties {
            case .first, .last: "row_number() OVER list"
            case .shared: "rank() OVER level"
            case .dense: "dense_rank() OVER level"
            }
        return """
            INSERT INTO archived_entries (board, window_name, period, place, rank, better, user_id, score, updated_at)
            SELECT board, window_name, period, row_number() OVER list, \(rank), rank() OVER level - 1, user_id, score,
                updated_at
            FROM scores WHERE \(isRanking)
            WINDOW level AS (ORDER BY score \(direction)),
                list AS (ORDER BY score \(direction), reached_seq \(rules.ties == .last ? "DESC" : "ASC"),
                    user_id COLLATE "C")
            """
    }

    /// The SHA-256 over `rank,user_id,score\n` of all entries in list order, in lowercase hexadecimal digits.
    static func checksum(_ ranking: Ranking, on connection: PostgresConnection) throws -> String {
        var hash = SHA256()
        var place: Int64 = 0
        while true {
            let row = try connection.query(
                """
                SELECT string_agg(rank || ',' || user_id || ',' || score || E'\\n', '' ORDER BY place) AS lines
                FROM archived_entries WHERE \(isRanking) AND place > $4 AND place <= $5
                """, key(ranking) + [.int(place), .int(place + chunkEntries)]
            ).first
            guard let lines = try row?.stringOrNil("lines") else { break }
            hash.update(data: Array(lines.utf8))
            place += chunkEntries
        }
        return Hexadecimal.text(Array(hash.finalize()))
    }

    /// See `Archive`.
    public func prune(board: Board) async throws(StoreError) -> Bool {
        try await pool.run { connection in
            try leases?.check(on: connection)
            try connection.execute(
                """
                UPDATE archived_periods SET expired_at = now()
                WHERE board = $1 AND expired_at IS NULL AND (window_name, period) IN (
                    SELECT window_name, period FROM (
                        SELECT window_name, period, row_number() OVER (
                            PARTITION BY window_name ORDER BY coalesce(starts_at, ends_at) DESC) AS age
                        FROM archived_periods WHERE board = $1 AND archived_at IS NOT NULL AND expired_at IS NULL
                    ) AS kept WHERE age > $2)
                """, [.text(board.id), .int(Int64(board.keepPeriods))])
            for _ in 0..<Self.chunksMax {
                if try connection.transaction(Self.deleteChunk) { return true }
            }
            return false
        }
    }

    /// Deletes some entries of an expired archive, and its row after the last of them. Returns true if there is none.
    private static func deleteChunk(on connection: PostgresConnection) throws -> Bool {
        let row = try connection.query(
            """
            SELECT board, window_name, period FROM archived_periods WHERE expired_at IS NOT NULL
            LIMIT 1 FOR UPDATE SKIP LOCKED
            """
        ).first
        guard let row else { return true }
        let key = Self.key(
            Ranking(
                board: try row.string("board"), window: try row.string("window_name"), period: try row.string("period"))
        )
        let deleted = try connection.execute(
            """
            DELETE FROM archived_entries WHERE \(isRanking) AND place < $4 + (
                SELECT min(place) FROM archived_entries WHERE \(isRanking))
            """, key + [.int(chunkEntries)])
        if deleted == 0 { try connection.execute("DELETE FROM archived_periods WHERE \(isRanking)", key) }
        return false
    }

    /// Lets all archives of a deleted board expire, in the open transaction. `prune` deletes them. Periods that were
    /// sealed and not archived yet never will be, so their scores go too.
    static func expireAll(ofBoard id: String, on connection: PostgresConnection) throws(PostgresError) {
        try connection.execute(
            """
            DELETE FROM scores USING archived_periods AS sealed
            WHERE sealed.board = $1 AND sealed.archived_at IS NULL AND sealed.expired_at IS NULL
                AND scores.board = sealed.board AND scores.window_name = sealed.window_name
                AND scores.period = sealed.period
            """, [.text(id)])
        try connection.execute(
            "UPDATE archived_periods SET expired_at = now() WHERE board = $1 AND expired_at IS NULL", [.text(id)])
    }

    /// See `Archive`.
    public func periods(
        board: String, window: String, names: [String]
    ) async throws(StoreError) -> [ArchivedPeriod] {
        try await pool.run { connection in
            let rows = try connection.query(
                """
                SELECT period, entries, checksum FROM archived_periods
                WHERE board = $1 AND window_name = $2 AND period = ANY ($3::text[])
                    AND archived_at IS NOT NULL AND expired_at IS NULL
                """, [.text(board), .text(window), .textArray(names)]
            ).rows
            return try rows.map { row in
                ArchivedPeriod(
                    ranking: Ranking(board: board, window: window, period: try row.string("period")),
                    entries: try row.int("entries"), checksum: try row.string("checksum"))
            }
        }
    }

    /// See `Archive`.
    public func read(
        _ question: RankingQuestion, board: Board, window: Window, period: Period
    ) async throws(StoreError) -> RankingAnswer? {
        let ranking = Ranking(board: board.id, window: window.name, period: period.name)
        return try await pool.run { connection in
            // One snapshot for all statements: the archive may expire meanwhile.
            try connection.transaction(isolation: .repeatableRead) { connection in
                try ArchivedRanking(ranking, on: connection)?.answer(question, period: period)
            }
        }
    }

    // MARK: Statements

    /// The condition for the rows of the ranking that ``key(_:)`` gives.
    static let isRanking = "board = $1 AND window_name = $2 AND period = $3"

    /// The first three parameters of a statement with ``isRanking``.
    static func key(_ ranking: Ranking) -> [PostgresValue] {
        [.text(ranking.board), .text(ranking.window), .text(ranking.period)]
    }

    private static func timestamp(_ milliseconds: Int64?) -> PostgresValue {
        milliseconds.map { .timestamp(milliseconds: $0) } ?? .null
    }
}
