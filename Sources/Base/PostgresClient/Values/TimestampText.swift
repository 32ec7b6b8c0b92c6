import Basics

/// Milliseconds since 1970 as Postgres' text for `timestamptz`.
enum TimestampText {
    /// The first and the last millisecond of the years 1 to 9999 in UTC; beyond them the text form needs an era.
    static let range: ClosedRange<Int64> = -62_135_596_800_000...253_402_300_799_999

    /// `2026-11-20 22:35:34.123+00`, or nil outside of ``range``.
    static func format(milliseconds: Int64) -> String? {
        guard range.contains(milliseconds) else { return nil }
        return Timestamp.text(milliseconds: milliseconds, separator: " ", zone: "+00")
    }
}
