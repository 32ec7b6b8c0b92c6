import Leaderboard
import Testing

/// When a period takes actions.
struct PeriodTests {
    private let day = Period(name: "d", startsAt: 1_000, endsAt: 2_000)

    @Test("A period is half-open", arguments: [(999, false), (1_000, true), (1_999, true), (2_000, false)])
    func contains(_ time: Int64, _ isIn: Bool) {
        #expect(day.contains(time) == isIn)
    }

    @Test(
        "A period is open, then in grace, then sealed",
        arguments: [
            (0, .open), (1_999, .open), (2_000, .grace), (2_499, .grace), (2_500, .sealed), (.max, .sealed),
        ] as [(Int64, Period.State)])
    func state(_ time: Int64, _ state: Period.State) {
        #expect(day.state(at: time, graceMilliseconds: 500) == state)
    }

    @Test func withoutGraceItIsSealedAtItsEnd() {
        #expect(day.state(at: 1_999, graceMilliseconds: 0) == .open)
        #expect(day.state(at: 2_000, graceMilliseconds: 0) == .sealed)
        #expect(day.cut(graceMilliseconds: 0) == 2_000 && day.cut(graceMilliseconds: 500) == 2_500)
    }

    @Test func thePeriodOfAllIsAlwaysOpen() {
        for time in [Int64.min, 0, .max] {
            #expect(Period.all.contains(time))
            #expect(Period.all.state(at: time, graceMilliseconds: 0) == .open)
        }
        #expect(Period.all.cut(graceMilliseconds: 660_000) == nil)
    }
}
