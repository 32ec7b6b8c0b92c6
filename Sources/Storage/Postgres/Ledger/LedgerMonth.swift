import Basics
import Leaderboard
import PostgresClient

/// One monthly partition of the ledger (UTC).
package struct LedgerMonth: Hashable, Sendable {
    let year: Int
    let month: Int

    package init(milliseconds: Int64) {
        let date = CivilDate(milliseconds: milliseconds)
        year = date.year
        month = date.month
    }

    private var next: (year: Int, month: Int) { month == 12 ? (year + 1, 1) : (year, month + 1) }

    /// Reads a month such as `2026-10`. Returns nil for any other text.
    package init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].utf8.count == 4, parts[1].utf8.count == 2,
            parts.allSatisfy({ $0.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } }),
            let year = Int(parts[0]), let month = Int(parts[1]), year >= 1970, (1...12).contains(month)
        else { return nil }
        (self.year, self.month) = (year, month)
    }

    /// The name of the partition's table.
    package var tableName: String { "score_events_\(year)_\(Self.two(month))" }

    /// The first moment of the month, for SQL. It consists of numbers, so nothing needs quoting.
    var start: String { "\(year)-\(Self.two(month))-01 00:00:00+00" }

    /// The first moment after the month, for SQL.
    var end: String { "\(next.year)-\(Self.two(next.month))-01 00:00:00+00" }

    /// The statement that creates the partition if it is missing.
    package var createTable: String {
        "CREATE TABLE IF NOT EXISTS \(tableName) PARTITION OF score_events FOR VALUES FROM ('\(start)') TO ('\(end)')"
    }

    /// The second key of the lock under which monthly partitions are made. No partition has this number.
    private static let lock: Int64 = -1

    /// Makes the partition of the month, if it is missing, in a transaction of its own.
    func make(on connection: PostgresConnection) throws {
        try connection.transaction { connection in
            // IF NOT EXISTS alone is not enough if two persisters do this at the same moment.
            try connection.query(
                "SELECT pg_advisory_xact_lock($1::int, $2::int)", [.int(LedgerLeases.lockClass), .int(Self.lock)])
            try connection.script(createTable)
        }
    }

    private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : String(number) }
}
