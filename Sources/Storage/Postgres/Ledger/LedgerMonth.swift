import Basics
import Leaderboard
import PostgresClient

/// One monthly partition of the ledger (UTC).
package struct LedgerMonth: Hashable, Comparable, Sendable {
    let year: Int
    let month: Int

    package init(milliseconds: Int64) {
        let date = CivilDate(milliseconds: milliseconds)
        year = date.year
        month = date.month
    }

    private init(year: Int, month: Int) {
        (self.year, self.month) = (year, month)
    }

    /// Reads the month off the name of a table. Returns nil for any other table.
    init?(tableName: String) {
        guard tableName.hasPrefix(Self.prefix) else { return nil }
        self.init(String(tableName.dropFirst(Self.prefix.count)).replacing("_", with: "-"))
    }

    /// The month after this one.
    package var next: LedgerMonth {
        month == 12 ? LedgerMonth(year: year + 1, month: 1) : LedgerMonth(year: year, month: month + 1)
    }

    /// By time.
    package static func < (left: LedgerMonth, right: LedgerMonth) -> Bool {
        (left.year, left.month) < (right.year, right.month)
    }

    /// Reads a month such as `2026-10`. Returns nil for any other text.
    package init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].utf8.count == 4, parts[1].utf8.count == 2,
            parts.allSatisfy({ $0.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } }),
            let year = Int(parts[0]), let month = Int(parts[1]), year >= 1970, (1...12).contains(month)
        else { return nil }
        (self.year, self.month) = (year, month)
    }

    private static let prefix = "score_events_"

    /// The name of the partition's table.
    package var tableName: String { "\(Self.prefix)\(year)_\(Self.two(month))" }

    /// The month as text, such as `2026-10`.
    package var text: String { "\(year)-\(Self.two(month))" }

    /// The first day of the month, for SQL.
    var firstDay: String { "\(text)-01" }

    /// The first moment of the month, for SQL. It consists of numbers, so nothing needs quoting.
    var start: String { "\(firstDay) 00:00:00+00" }

    /// The first moment after the month, for SQL.
    var end: String { next.start }

    /// The first moment of the month, in ms since 1970.
    package var startMilliseconds: Int64 {
        Int64(CivilDate(year: year, month: month, day: 1).daysSince1970) * CivilDate.dayMilliseconds
    }

    /// The first moment after the month, in ms since 1970.
    package var endMilliseconds: Int64 { next.startMilliseconds }

    /// The statements that create the partition.
    ///
    /// `CREATE TABLE … PARTITION OF` would lock the whole ledger, and wait for every reader of it with all writers
    /// behind. To attach a table conflicts with neither.
    package var createTable: String {
        """
        CREATE TABLE \(tableName) (LIKE score_events INCLUDING ALL EXCLUDING INDEXES EXCLUDING COMMENTS);
        ALTER TABLE score_events ATTACH PARTITION \(tableName) FOR VALUES FROM ('\(start)') TO ('\(end)')
        """
    }

    /// The second key of the lock under which monthly partitions are made. No partition has this number.
    private static let lock: Int64 = -1

    /// Makes the partition of the month, if it is missing, in a transaction of its own. Returns false if it was there.
    @discardableResult
    func make(on connection: PostgresConnection) throws -> Bool {
        try connection.transaction { connection in
            // Two persisters may do this at the same moment.
            try connection.query(
                "SELECT pg_advisory_xact_lock($1::int, $2::int)", [.int(LedgerLeases.lockClass), .int(Self.lock)])
            guard try isMissing(on: connection) else { return false }
            try connection.script(createTable)
            return true
        }
    }

    /// Whether the month has no table yet.
    func isMissing(on connection: PostgresConnection) throws -> Bool {
        try connection.query("SELECT to_regclass($1) IS NULL", [.text(tableName)]).first?.bool(0) == true
    }

    private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : String(number) }
}
