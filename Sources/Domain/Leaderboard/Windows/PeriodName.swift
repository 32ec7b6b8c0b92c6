import Basics

/// The names of periods: the wall time of their start, as exactly as the window needs.
enum PeriodName {
    /// Follows the name of a period that begins at a wall time for the second time, when the clock was put back.
    static let again = "b"
    /// The longest name of a period of the calendar: `2026-10-25T02:30b`.
    static let bytesMax = 17

    /// - Parameter wall: the start as the wall shows it, in seconds.
    static func text(ofWall wall: Int64, kind: Window.Kind) -> String {
        let day = Int((Double(wall) / 86_400).rounded(.down))
        let minute = Int(wall - Int64(day) * 86_400) / 60
        let date = CivilDate(daysSince1970: day)
        let (year, month) = (padded(date.year, 4), padded(date.month, 2))
        switch kind {
        case .yearly: return year
        case .monthly: return "\(year)-\(month)"
        case .weekly:
            let week = date.isoWeek
            return "\(padded(week.year, 4))-W\(padded(week.week, 2))"
        case .daily: return "\(year)-\(month)-\(padded(date.day, 2))"
        case .hourly: return "\(year)-\(month)-\(padded(date.day, 2))T\(padded(minute / 60, 2))"
        case .cron, .all, .season:
            return "\(year)-\(month)-\(padded(date.day, 2))T\(padded(minute / 60, 2)):\(padded(minute % 60, 2))"
        }
    }

    /// The wall time that a name begins with, in seconds; nil if the window has no names like that.
    static func wall(of name: String, kind: Window.Kind) -> Int64? {
        let name = name.hasSuffix(again) ? name.dropLast() : name[...]
        let form: String =
            switch kind {
            case .yearly: "dddd"
            case .monthly: "dddd-dd"
            case .weekly: "dddd-Wdd"
            case .daily: "dddd-dd-dd"
            case .hourly: "dddd-dd-ddTdd"
            case .cron, .all, .season: "dddd-dd-ddTdd:dd"
            }
        guard name.utf8.count == form.utf8.count,
            zip(name.utf8, form.utf8).allSatisfy({ $1 == UInt8(ascii: "d") ? (0x30...0x39).contains($0) : $0 == $1 })
        else { return nil }
        let numbers = name.split(whereSeparator: { !$0.isNumber }).compactMap { Int($0) }
        let day: Int?
        if case .weekly = kind {
            day = CivilDate.days(isoYear: numbers[0], week: numbers[1])
        } else {
            day =
                CivilDate(
                    checkedYear: numbers[0], month: numbers.count > 1 ? numbers[1] : 1,
                    day: numbers.count > 2 ? numbers[2] : 1)?
                .daysSince1970
        }
        let (hour, minute) = (numbers.count > 3 ? numbers[3] : 0, numbers.count > 4 ? numbers[4] : 0)
        guard let day, hour < 24, minute < 60 else { return nil }
        return Int64(day) * 86_400 + Int64(hour * 3600 + minute * 60)
    }

    private static func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
