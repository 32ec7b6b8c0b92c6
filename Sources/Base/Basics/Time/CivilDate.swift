/// A day of the proleptic Gregorian calendar, in UTC.
public struct CivilDate: Hashable, Sendable {
    /// The year.
    public let year: Int
    /// The month, 1 to 12.
    public let month: Int
    /// The day of the month, 1 to 31.
    public let day: Int

    /// The day of a time in ms since 1970 (H. Hinnant, "chrono-Compatible Low-Level Date Algorithms", civil_from_days).
    public init(milliseconds: Int64) {
        let dayMilliseconds: Int64 = 86_400_000
        let wholeDays = milliseconds / dayMilliseconds - (milliseconds % dayMilliseconds < 0 ? 1 : 0)
        let days = Int(wholeDays) + 719_468
        let era = (days >= 0 ? days : days - 146_096) / 146_097
        let dayOfEra = days - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let fromMarch = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * fromMarch + 2) / 5 + 1
        month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }
}
