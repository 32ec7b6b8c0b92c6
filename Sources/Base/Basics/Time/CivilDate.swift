/// A day of the proleptic Gregorian calendar, in UTC.
///
/// Years are counted from 1 March, so that the leap day is the last day of a year and one formula gives all months; an
/// era is the 400 years after which the calendar repeats. Source: H. Hinnant, "chrono-Compatible Low-Level Date
/// Algorithms", `civil_from_days` and `days_from_civil`.
public struct CivilDate: Hashable, Sendable {
    /// The year.
    public let year: Int
    /// The month, 1 to 12.
    public let month: Int
    /// The day of the month, 1 to 31.
    public let day: Int

    /// Milliseconds in a day.
    package static let dayMilliseconds: Int64 = 86_400_000

    /// A day by its numbers, which are not checked.
    public init(year: Int, month: Int, day: Int) {
        (self.year, self.month, self.day) = (year, month, day)
    }

    /// A day by its numbers; nil if there is no such day.
    public init?(checkedYear year: Int, month: Int, day: Int) {
        guard (1...12).contains(month), (1...31).contains(day) else { return nil }
        self.init(year: year, month: month, day: day)
        guard CivilDate(daysSince1970: daysSince1970) == self else { return nil }
    }

    /// The day of a time in ms since 1970.
    public init(milliseconds: Int64) {
        self.init(daysSince1970: Int(milliseconds.floorDivided(by: Self.dayMilliseconds)))
    }

    /// A day by its distance from 1 January 1970.
    public init(daysSince1970: Int) {
        let days = daysSince1970 + Self.daysFromEraTo1970
        let era = days.floorDivided(by: Self.daysOfEra)
        let dayOfEra = days.modulo(Self.daysOfEra)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let fromMarch = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * fromMarch + 2) / 5 + 1
        month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    /// The distance from 1 January 1970, in days.
    public var daysSince1970: Int {
        let yearFromMarch = month <= 2 ? year - 1 : year
        let era = yearFromMarch.floorDivided(by: 400)
        let yearOfEra = yearFromMarch.modulo(400)
        let fromMarch = month > 2 ? month - 3 : month + 9
        let dayOfYear = (153 * fromMarch + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * Self.daysOfEra + dayOfEra - Self.daysFromEraTo1970
    }

    private static let daysOfEra = 146_097
    /// From 1 March of the year 0.
    private static let daysFromEraTo1970 = 719_468
}

extension FixedWidthInteger {
    /// The quotient, rounded down.
    func floorDivided(by divisor: Self) -> Self { self / divisor - (self % divisor < 0 ? 1 : 0) }

    /// The remainder that is not negative.
    func modulo(_ divisor: Self) -> Self {
        let remainder = self % divisor
        return remainder < 0 ? remainder + divisor : remainder
    }
}
