import Basics
import Leaderboard
import Testing

/// Days of the calendar.
struct CivilDateTests {
    private static let day: Int64 = 86_400_000

    private func date(_ days: Int64, _ milliseconds: Int64 = 0) -> [Int] {
        let date = CivilDate(milliseconds: days * Self.day + milliseconds)
        return [date.year, date.month, date.day]
    }

    /// Days since 1970 of dates that are easily wrong; computed apart.
    private static let known: [(Int64, [Int])] = [
        (0, [1970, 1, 1]), (-1, [1969, 12, 31]), (11_016, [2000, 2, 29]), (-25_509, [1900, 2, 28]),
        (-25_508, [1900, 3, 1]), (47_540, [2100, 2, 28]), (47_541, [2100, 3, 1]), (19_782, [2024, 2, 29]),
        (20_777, [2026, 11, 20]), (20_818, [2026, 12, 31]), (20_819, [2027, 1, 1]), (-719_162, [1, 1, 1]),
        (2_932_896, [9999, 12, 31]), (-135_081, [1600, 2, 29]),
    ]

    @Test("Known dates are what they are", arguments: known)
    func knownDates(_ days: Int64, _ expected: [Int]) {
        #expect(date(days) == expected)
        #expect(date(days, Self.day - 1) == expected)
        #expect(date(days, -1) != expected)
        #expect(date(days, Self.day) != expected)
        #expect(CivilDate(year: expected[0], month: expected[1], day: expected[2]).daysSince1970 == days)
    }

    @Test("Each day of nine centuries, against a calendar that counts them one by one")
    func everyDay() {
        var (year, month, day) = (1600, 1, 1)
        let first: Int64 = -135_140
        var wrong: [String] = []
        for days in first..<first + 900 * 365 {
            let found = CivilDate(milliseconds: days * Self.day)
            let back = CivilDate(year: year, month: month, day: day).daysSince1970
            if (found.year, found.month, found.day) != (year, month, day) || back != days {
                wrong.append("\(found) on day \(days)")
            }
            day += 1
            if day > Self.length(month, of: year) { (month, day) = (month + 1, 1) }
            if month > 12 { (year, month) = (year + 1, 1) }
        }
        #expect(wrong.isEmpty, "\(wrong.prefix(5))")
        #expect(year == 2499)
    }

    private static func length(_ month: Int, of year: Int) -> Int {
        switch month {
        case 4, 6, 9, 11: 30
        case 2: year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400)) ? 29 : 28
        default: 31
        }
    }

    /// Times within a day, to the millisecond, on both sides of 1970.
    @Test func edgesOfADay() {
        #expect(date(0, -1) == [1969, 12, 31])
        #expect(date(0, 1) == [1970, 1, 1])
        #expect(date(-1, -1) == [1969, 12, 30])
        for end in [Int64.min, .max] { #expect((1...12).contains(CivilDate(milliseconds: end).month)) }
        #expect(CivilDate(milliseconds: 1_790_000_000_000) == CivilDate(milliseconds: 1_790_000_000_001))
        let vector = CivilDate(milliseconds: 1_790_000_000_000)
        #expect([vector.year, vector.month, vector.day] == [2026, 9, 21])
    }
}
