import Basics
import Leaderboard
import Play
import Testing

/// Streaks as a table: days in, streaks out.
struct StreakTests {
    private static let first = 20_000

    private func day(_ number: Int) -> CivilDate { CivilDate(daysSince1970: Self.first + number) }

    private func streak(_ days: [Int]) throws -> Streak { try #require(Streak(days.map { day($0) })) }

    @Test(arguments: [
        ([0], "1 1 0"), ([0, 0], "1 1 0"), ([0, 1], "2 2 0"), ([0, 2], "1 1 0"), ([0, 1, 3], "1 2 0"),
        (Array(0...6), "7 7 1"), (Array(0...13), "14 14 2"), (Array(0...20), "21 21 2"),
        // A freeze for one missed day, none for two.
        (Array(0...6) + [8], "8 8 0"), (Array(0...6) + [9], "1 7 1"), (Array(0...13) + [16], "15 15 0"),
        (Array(0...13) + [17], "1 14 2"),
        // A day that is not after the last one changes nothing.
        ([0, 1, 0, 1], "2 2 0"), ([5, 3], "1 1 0"),
    ])
    func `days count`(_ days: [Int], _ expected: String) throws {
        let streak = try streak(days)
        #expect("\(streak.days) \(streak.longest) \(streak.freezes)" == expected)
    }

    @Test
    func `without points there is no streak`() {
        #expect(Streak([CivilDate]()) == nil)
    }

    @Test
    func `a streak is read as of now`() throws {
        let utc = LocalDays(zone: nil)
        func standing(_ days: [Int], _ number: Int, hour: Int64) throws -> String {
            let now = Int64(Self.first + number) * 86_400_000 + hour * 3_600_000
            let standing = try streak(days).standing(at: now, in: utc)
            return "\(standing.days) \(standing.freezes)\(standing.isAtRisk ? " at risk" : "")"
        }
        #expect(try standing([0], 0, hour: 23) == "1 0")
        #expect(try standing([0], 1, hour: 19) == "1 0")
        #expect(try standing([0], 1, hour: 20) == "1 0 at risk")
        #expect(try standing([0], 2, hour: 0) == "0 0")
        #expect(try standing(Array(0...6), 8, hour: 1) == "7 0")
        #expect(try standing(Array(0...6), 8, hour: 21) == "7 0 at risk")
        #expect(try standing(Array(0...6), 9, hour: 21) == "0 1")
        // The user moved west: it is the day before again.
        #expect(try standing([0, 1], 0, hour: 23) == "2 0")
    }

    @Test(arguments: [
        // The clock goes forward at 02:00, and the day has 23 hours.
        ("Europe/Berlin", "2026-03-29T17:59:59.999Z", "2026-03-29", false),
        ("Europe/Berlin", "2026-03-29T18:00:00Z", "2026-03-29", true),
        ("Europe/Berlin", "2026-03-29T22:00:00Z", "2026-03-30", false),
        // It goes back, and the day has 25 hours.
        ("Europe/Berlin", "2026-10-25T18:59:59.999Z", "2026-10-25", false),
        ("Europe/Berlin", "2026-10-25T19:00:00Z", "2026-10-25", true),
        // The end of the year, far east and far west.
        ("Pacific/Kiritimati", "2026-12-31T10:00:00Z", "2027-01-01", false),
        ("Pacific/Pago_Pago", "2027-01-01T10:59:59Z", "2026-12-31", true),
        // Half an hour.
        ("Asia/Kolkata", "2026-11-28T14:29:59Z", "2026-11-28", false),
        ("Asia/Kolkata", "2026-11-28T14:30:00Z", "2026-11-28", true),
    ])
    func `days end by the clock on the wall`(_ zone: String, _ time: String, _ expected: String, _ risk: Bool) throws {
        let now = try #require(Timestamp.milliseconds(of: time))
        let calendar = LocalDays(zone: zone)
        let today = calendar.day(at: now)
        #expect(today.text == expected)
        let yesterday = CivilDate(daysSince1970: today.daysSince1970 - 1)
        #expect(Streak(first: yesterday).standing(at: now, in: calendar).isAtRisk == risk)
    }
}
