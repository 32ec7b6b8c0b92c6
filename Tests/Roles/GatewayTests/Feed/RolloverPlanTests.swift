import Gateway
import Leaderboard
import Testing

/// When a window is read because its period ends.
@Suite struct RolloverPlanTests {
    private func wait(endsAt: Int64?, now: Int64, dice: Double = 0) -> Int64? {
        RolloverPlan.wait(for: Period(name: "p", startsAt: 0, endsAt: endsAt), at: now, dice: dice)
    }

    @Test("The read comes at the end of the period, or a little later")
    func waits() {
        #expect(wait(endsAt: 5_000, now: 1_000) == 4_000)
        #expect(wait(endsAt: 5_000, now: 4_999) == 1)
        #expect(wait(endsAt: 5_000, now: 1_000, dice: 0.5) == 4_000 + RolloverPlan.spreadMilliseconds / 2)
    }

    @Test("There is none if the period has no end, or is over")
    func none() {
        #expect(wait(endsAt: nil, now: 0) == nil)
        #expect(wait(endsAt: 5_000, now: 5_000) == nil)
        #expect(wait(endsAt: 5_000, now: 9_000) == nil)
    }

    @Test("A wait is bounded, since each read plans again")
    func bound() {
        #expect(wait(endsAt: .max, now: 0, dice: 0.9) == RolloverPlan.waitMax)
        #expect(wait(endsAt: .max, now: .min) == RolloverPlan.waitMax)
    }
}
