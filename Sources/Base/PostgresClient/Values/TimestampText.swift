/// Milliseconds since 1970 as Postgres' text for `timestamptz`, without a calendar library.
enum TimestampText {
    /// The first and the last millisecond of the years 1 to 9999 in UTC; beyond them the text form needs an era.
    static let range: ClosedRange<Int64> = -62_135_596_800_000...253_402_300_799_999

    private static let millisecondsPerDay: Int64 = 86_400_000

    /// `2026-11-20 22:35:34.123+00`, or `nil` outside ``range``.
    static func format(milliseconds: Int64) -> String? {
        guard range.contains(milliseconds) else { return nil }
        var day = milliseconds / millisecondsPerDay
        var rest = milliseconds % millisecondsPerDay
        if rest < 0 {
            rest += millisecondsPerDay
            day -= 1
        }
        let (year, month, dayOfMonth) = civilDate(daysSince1970: day)
        let date = "\(pad(year, 4))-\(pad(month, 2))-\(pad(dayOfMonth, 2))"
        let time = "\(pad(rest / 3_600_000, 2)):\(pad(rest / 60_000 % 60, 2)):\(pad(rest / 1000 % 60, 2))"
        return "\(date) \(time).\(pad(rest % 1000, 3))+00"
    }

    /// The proleptic Gregorian date of a day. The count is shifted to begin on 1 March of year 0, so that the leap day
    /// is the last day of a year and months follow one formula; an era is the 400 years after which the calendar
    /// repeats.
    private static func civilDate(daysSince1970: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = daysSince1970 + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }

    private static func pad(_ number: Int64, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
}
