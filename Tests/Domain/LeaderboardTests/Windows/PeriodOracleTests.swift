import Foundation
import Leaderboard
import Testing

@Suite("Periods against a clock that counts minutes")
struct PeriodOracleTests {
    /// A cron expression, and the hours and minutes that it names; nil for all.
    struct Expression {
        let text: String
        let hours: Set<Int>?
        let minutes: Set<Int>?

        /// Whether it names what the wall shows, in seconds.
        func names(_ wall: Int64) -> Bool {
            let minute = Int(((wall % 86_400) + 86_400) % 86_400) / 60
            return hours?.contains(minute / 60) ?? true && minutes?.contains(minute % 60) ?? true
        }
    }

    private static let expressions = [
        Expression(text: "0 * * * *", hours: nil, minutes: [0]),
        Expression(text: "*/20 * * * *", hours: nil, minutes: [0, 20, 40]),
        Expression(text: "0 0 * * *", hours: [0], minutes: [0]),
        Expression(text: "30 2 * * *", hours: [2], minutes: [30]),
        Expression(text: "0,30 1-2 * * *", hours: [1, 2], minutes: [0, 30]),
        Expression(text: "* 2 * * *", hours: [2], minutes: nil),
        Expression(text: "5 */2 * * *", hours: Set(stride(from: 0, to: 24, by: 2)), minutes: [5]),
    ]

    /// Begins of spans in which one of the zones changes its clock.
    private static let starts = [
        "2010-11-06T00:00:00Z", "2026-02-14T00:00:00Z", "2026-03-07T00:00:00Z", "2026-03-21T00:00:00Z",
        "2026-03-28T00:00:00Z",
        "2026-04-04T00:00:00Z", "2026-10-03T00:00:00Z", "2026-10-24T00:00:00Z", "2026-10-31T00:00:00Z",
    ]

    /// Firings by looking at each minute: what the wall shows then, and whether it has shown that before. In seconds.
    private func firings(of expression: Expression, twice: Bool, zone: TimeZone, in span: Range<Int64>) -> [Int64] {
        func wall(_ time: Int64) -> Int64 {
            time + Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(time))))
        }
        var found: [Int64] = []
        var highest = wall(span.lowerBound - 60)
        for time in stride(from: span.lowerBound, to: span.upperBound, by: 60) {
            let (now, before) = (wall(time), wall(time - 60))
            var fires = expression.names(now) && (twice || now > highest)
            if now > before + 60 {
                fires = fires || stride(from: before + 60, to: now, by: 60).contains(where: expression.names)
            }
            highest = max(highest, now)
            if fires { found.append(time) }
        }
        return found
    }

    @Test(
        "Firings are those of a clock that is watched each minute",
        arguments: [
            "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Havana", "Africa/Casablanca",
            "Asia/Kathmandu", "America/Goose_Bay",
        ])
    func watched(zone name: String) throws {
        let zone = try #require(TimeZone(identifier: name))
        for expression in Self.expressions {
            let schedule = try CronSchedule(expression.text)
            let calendar = PeriodCalendar(Window(name: "own", kind: .cron(schedule)), zone: zone)
            for start in Self.starts {
                let first = try WallTime.milliseconds(start) / 1000
                let span = first..<first + 3 * 86_400
                let wanted = firings(of: expression, twice: schedule.followsElapsedTime, zone: zone, in: span)
                #expect(try periods(of: calendar, in: span) == wanted, "\(expression.text) in \(name) from \(start)")
            }
        }
    }

    /// The starts of the periods of a span, in seconds. Each has to be found by its name, and no name comes twice.
    private func periods(of calendar: PeriodCalendar, in span: Range<Int64>) throws -> [Int64] {
        var (time, found, names): (Int64, [Int64], Set<String>) = (span.lowerBound, [], [])
        while time < span.upperBound {
            let period = try #require(calendar.period(at: time * 1000))
            let (starts, ends) = (try #require(period.startsAt) / 1000, try #require(period.endsAt) / 1000)
            if span.contains(starts) { found.append(starts) }
            #expect(names.insert(period.name).inserted, "\(period.name) twice")
            #expect(calendar.period(named: period.name) == period)
            time = ends
        }
        return found
    }
}
