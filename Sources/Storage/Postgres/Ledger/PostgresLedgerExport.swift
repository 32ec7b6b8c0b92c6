import Leaderboard
import PostgresClient

/// Takes the rows of an export, as JSON texts.
public protocol LedgerSink {
    /// Takes the next rows.
    func write(_ rows: [String]) throws
    /// Called after the last row.
    func finish() throws
}

/// Reads a month of the ledger, row by row. It takes the same memory for any number of rows.
public struct PostgresLedgerExport: Sendable {
    private let pool: PostgresPool

    /// Rows in memory at the same time: some MB if each has all outcomes.
    private static let chunkRows = 1_000
    /// How long one statement may take. The first one may have to read other data of the table first.
    private static let statementTimeout = Duration.seconds(600)

    /// - Parameter pool: connections to a migrated database.
    public init(pool: PostgresPool) {
        self.pool = pool
    }

    /// Returns about how many rows the month has, by the statistics of Postgres; nil if there are none.
    package func rowsEstimate(of month: LedgerMonth) async throws -> Int64? {
        try await pool.withConnection { connection in
            try connection.query(
                "SELECT reltuples::bigint AS rows FROM pg_class WHERE oid = to_regclass($1) AND reltuples >= 0",
                [.text(month.tableName)]
            ).first?.int("rows")
        }
    }

    /// Whether the month was dropped by the retention, so that there is nothing to export.
    package func isDropped(_ month: LedgerMonth) async throws -> Bool {
        try await pool.withConnection { connection in
            try connection.query(
                "SELECT EXISTS (SELECT FROM ledger_drops WHERE month = $1) AND to_regclass($2) IS NULL",
                [.text(month.firstDay), .text(month.tableName)]
            ).first?.bool(0) == true
        }
    }

    /// Gives all rows of a month to a sink. They are in the order of the table, which is mostly the order of writing,
    /// and are what the database held at one moment.
    ///
    /// - Parameter open: makes the sink, on the thread that uses it.
    /// - Returns: how many rows there are.
    package func export<Sink: LedgerSink>(
        _ month: LedgerMonth, to open: @escaping @Sendable () throws -> Sink
    ) async throws -> Int64 {
        try await pool.withConnection { connection in
            try connection.withStatementTimeout(Self.statementTimeout) {
                let sink = try open()
                var rows: Int64 = 0
                try connection.transaction { connection in
                    // A cursor takes no parameters. The bounds are numbers, so nothing needs quoting.
                    try connection.execute(
                        """
                        DECLARE ledger NO SCROLL CURSOR FOR SELECT row_to_json(event)::text FROM score_events AS event
                        WHERE issued_at >= '\(month.start)' AND issued_at < '\(month.end)'
                        """)
                    while true {
                        let chunk = try connection.query("FETCH \(Self.chunkRows) FROM ledger").rows
                            .map { try $0.string(0) }
                        guard !chunk.isEmpty else { break }
                        try sink.write(chunk)
                        rows += Int64(chunk.count)
                    }
                }
                try sink.finish()
                return rows
            }
        }
    }
}
