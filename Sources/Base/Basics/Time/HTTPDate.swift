/// The time in an HTTP header field (RFC 9110, 5.6.7), such as `Fri, 20 Nov 2026 22:25:19 GMT`.
package enum HTTPDate {
    private static let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// The current date.
    package static func now() -> String { text(seconds: WallClock.milliseconds() / 1000) }

    /// The text of a second since 1970.
    package static func text(seconds: Int64) -> String {
        let days = Int(seconds.floorDivided(by: 86_400))
        let date = CivilDate(daysSince1970: days)
        let time = Int(seconds.modulo(86_400))
        // 1 January 1970 was a Thursday.
        let day = "\(weekdays[(days + 4).modulo(7)]), \(two(date.day)) \(months[date.month - 1]) \(date.year)"
        return "\(day) \(two(time / 3600)):\(two(time / 60 % 60)):\(two(time % 60)) GMT"
    }

    /// The second since 1970; nil for anything but the form above, which servers send.
    package static func seconds(_ text: String) -> Int? {
        let words = text.split(separator: " ")
        guard words.count == 6, words[5] == "GMT", let day = Int(words[1]),
            let month = months.firstIndex(of: String(words[2])), let year = Int(words[3])
        else { return nil }
        let clock = words[4].split(separator: ":").compactMap { Int($0) }
        guard clock.count == 3, clock.allSatisfy({ (0...60).contains($0) }), (1970...9999).contains(year),
            (1...31).contains(day)
        else { return nil }
        let days = CivilDate(year: year, month: month + 1, day: day).daysSince1970
        return days * 86_400 + clock[0] * 3600 + clock[1] * 60 + clock[2]
    }

    private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : String(number) }
}
