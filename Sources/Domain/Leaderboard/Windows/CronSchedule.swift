import Basics

/// When something happens again and again, as crontab(5) writes it: minute, hour, day of month, month, day of week.
///
/// Each field is a list of numbers, ranges (`1-5`), all (`*`), and steps (`*/15`, `8-18/2`). Months and days of the
/// week have names (`jan`, `mon`), and 7 is Sunday as 0 is. If one of the two fields of days begins with `*`, a day has
/// to match both of them; otherwise one of the two is enough.
public struct CronSchedule: Hashable, Sendable {
    /// The expression as it was given, with single spaces.
    public let text: String
    /// Whether a time that the clock shows twice counts twice: so it is if the minute or the hour begins with `*`.
    public let followsElapsedTime: Bool
    /// Minutes of the hour, hours of the day, in ascending order.
    let minutes: [Int]
    let hours: [Int]
    private let daysOfMonth: CronField
    private let months: CronField
    private let daysOfWeek: CronField

    /// The longest expression, in bytes: room for lists of all minutes, hours, days and months. Stops a list that names
    /// each minute many times.
    public static let textBytesMax = 512

    /// Reads an expression.
    ///
    /// - Throws: what is wrong with it, also if it never fires (`0 0 31 2 *`).
    public init(_ text: String) throws(CronError) {
        guard text.utf8.count <= Self.textBytesMax else { throw .tooLong }
        let words = text.split(whereSeparator: { $0 == " " || $0 == "\t" })
        guard words.count == 5 else { throw .notFiveFields(words.count) }
        let minutes = try CronField(words[0], .minute)
        let hours = try CronField(words[1], .hour)
        daysOfMonth = try CronField(words[2], .dayOfMonth)
        months = try CronField(words[3], .month)
        daysOfWeek = try CronField(words[4], .dayOfWeek)
        self.text = words.joined(separator: " ")
        self.minutes = minutes.values
        self.hours = hours.values
        followsElapsedTime = minutes.beginsWithStar || hours.beginsWithStar
        guard fires else { throw .neverFires }
    }

    /// Whether it fires on a day, given as days since 1970.
    func fires(onDay day: Int) -> Bool {
        let date = CivilDate(daysSince1970: day)
        guard months.contains(date.month) else { return false }
        let isDayOfMonth = daysOfMonth.contains(date.day)
        let isDayOfWeek = daysOfWeek.contains(date.dayOfWeek)
        return matchesBothDays ? isDayOfMonth && isDayOfWeek : isDayOfMonth || isDayOfWeek
    }

    private var matchesBothDays: Bool { daysOfMonth.beginsWithStar || daysOfWeek.beginsWithStar }

    /// Over 400 years each date falls on each day of the week, so only the days of the month can rule each other out.
    private var fires: Bool {
        let longest = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        let hasDate = months.values.contains { month in daysOfMonth.values.contains { $0 <= longest[month - 1] } }
        return hasDate || !matchesBothDays
    }
}
