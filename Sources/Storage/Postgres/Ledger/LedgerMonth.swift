import Basics
import Leaderboard

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

    /// The statement that creates the partition if it is missing. The bounds are numbers, so nothing needs quoting.
    package var createTable: String {
        """
        CREATE TABLE IF NOT EXISTS score_events_\(year)_\(Self.two(month)) PARTITION OF score_events
        FOR VALUES FROM ('\(year)-\(Self.two(month))-01 00:00:00+00') \
        TO ('\(next.year)-\(Self.two(next.month))-01 00:00:00+00')
        """
    }

    private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : String(number) }
}
