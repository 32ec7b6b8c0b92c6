import Leaderboard
import PostgresClient

/// The table of a month, as the catalogue of Postgres has it.
enum MonthTable {
    /// What the table is to the ledger.
    enum State {
        case attached
        /// To detach it was begun. Statements that begin now do not see its rows.
        case detaching
        case detached
        case missing
    }

    /// Whether detaching was begun and not ended. Postgres 13 has no such column.
    private static let isDetaching =
        "coalesce((to_jsonb(pg_inherits) ->> 'inhdetachpending')::boolean, false)"

    /// The months that are part of the ledger, oldest first.
    static func attached(on connection: PostgresConnection) throws -> [LedgerMonth] {
        try connection.query(
            """
            SELECT relname FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
            WHERE inhparent = 'score_events'::regclass AND NOT \(isDetaching)
            """
        ).rows.compactMap { LedgerMonth(tableName: try $0.string(0)) }.sorted()
    }

    /// The state of one month.
    static func state(of month: LedgerMonth, on connection: PostgresConnection) throws -> State {
        if try month.isMissing(on: connection) { return .missing }
        let row = try connection.query(
            """
            SELECT \(isDetaching) FROM pg_inherits
            WHERE inhparent = 'score_events'::regclass AND inhrelid = $1::regclass
            """, [.text(month.tableName)]
        ).first
        guard let row else { return .detached }
        return try row.bool(0) ? .detaching : .attached
    }

    /// Detaches the table. Others may read and write the ledger meanwhile; this waits for those that began before.
    ///
    /// - Returns: false if they took too long. The table can then be detaching.
    static func detach(_ month: LedgerMonth, on connection: PostgresConnection) throws -> Bool {
        let end = try state(of: month, on: connection) == .detaching ? "FINALIZE" : "CONCURRENTLY"
        return try withLockTimeout(on: connection) {
            try connection.script("ALTER TABLE score_events DETACH PARTITION \(month.tableName) \(end)")
        }
    }

    /// How long a statement may wait for a lock that others could then wait for.
    private static let lockTimeoutMilliseconds = 1000

    /// Returns false if the body could not get its lock in time.
    static func withLockTimeout(on connection: PostgresConnection, _ body: () throws -> Void) throws -> Bool {
        try connection.script("SET lock_timeout = \(lockTimeoutMilliseconds)")
        defer { do { try connection.script("RESET lock_timeout") } catch { connection.close() } }
        do {
            try body()
            return true
        } catch let error as PostgresError where error.code == SQLState.lockNotAvailable {
            return false
        }
    }
}
