import Foundation
import Leaderboard
import Testing

@Suite("Periods of windows")
struct PeriodCalendarTests {
    @Test("A time lies in the period of the calendar", arguments: PeriodExample.all)
    func example(_ example: PeriodExample) throws {
        let calendar = try WallTime.calendar(of: example.window, in: example.zone)
        let period = try #require(calendar.period(at: try WallTime.milliseconds(example.at)))
        let (starts, ends) = (try WallTime.milliseconds(example.starts), try WallTime.milliseconds(example.ends))
        #expect(period == Period(name: example.name, startsAt: starts, endsAt: ends))
        #expect(calendar.period(at: starts) == period, "the first millisecond")
        #expect(calendar.period(at: ends - 1) == period, "the last millisecond")
        #expect(calendar.period(at: ends)?.startsAt == ends)
        #expect(calendar.period(at: starts - 1)?.endsAt == starts)
        #expect(calendar.period(named: example.name) == period)
        #expect(calendar.period(before: period)?.endsAt == starts)
    }

    @Test("A window without an end has one period, a season has one with an end")
    func seasons() throws {
        let zone = try #require(TimeZone(identifier: "UTC"))
        let all = PeriodCalendar(.all, zone: zone)
        #expect(all.period(at: -5) == Period(name: "all", startsAt: nil, endsAt: nil))
        #expect(all.period(named: "all") == all.period(at: 0))
        let season = PeriodCalendar(Window(name: "season-1", kind: .season(startsAt: 1_000, endsAt: 1_900)), zone: zone)
        #expect(season.period(at: 999) == nil)
        #expect(season.period(at: 1_000)?.name == "season-1")
        #expect(season.period(at: 1_899)?.name == "season-1")
        #expect(season.period(at: 1_900) == nil)
        #expect(season.period(named: "season-1")?.endsAt == 1_900)
        for calendar in [all, season] {
            #expect(try calendar.period(before: #require(calendar.period(at: 1_000))) == nil)
        }
    }

    @Test(
        "A name that no period has names none",
        arguments: [
            ("daily", "2026-02-29"), ("daily", "2026-2-03"), ("daily", "2026-02-03T00"), ("daily", "2026-02-03b"),
            ("weekly", "2025-W53"), ("weekly", "2026-W00"), ("weekly", "2026-47"), ("hourly", "2026-03-29T02"),
            ("hourly", "2026-11-20T24"), ("hourly", "2026-10-25T03b"), ("monthly", "2026-13"), ("yearly", "20266"),
            ("30 2 * * *", "2026-03-29T02:30"), ("30 2 * * *", "2026-10-25T02:30b"), ("30 2 * * *", "2026-10-25T02:31"),
            ("daily", ""), ("daily", "２０２６-02-03"), ("daily", "current"),
        ])
    func unknownNames(window: String, name: String) throws {
        #expect(try WallTime.calendar(of: window, in: "Europe/Berlin").period(named: name) == nil)
    }
}
