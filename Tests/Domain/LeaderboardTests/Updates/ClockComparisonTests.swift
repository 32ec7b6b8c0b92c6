import Leaderboard
import Testing

/// Clocks that differ so much that an API node would accept action ids whose receipts are gone.
struct ClockComparisonTests {
    private static let redis: Int64 = 1_790_000_000_000
    private static let maxAge = Duration.seconds(600)

    private func comparison(_ difference: Int64, forgotten: Int64?) -> ClockComparison {
        ClockComparison(
            node: Self.redis + difference, redis: Self.redis, forgottenSecond: forgotten.map { Self.redis / 1000 - $0 })
    }

    /// Receipts are kept for 750 s here, so a node whose clock is more than 150 s behind accepts ids without receipts.
    @Test(
        arguments: [
            (0, 751, false), (-140_000, 751, false), (-150_000, 751, false), (-151_000, 751, true),
            (-800_000, 751, true),
            (60_000, 751, false), (3_600_000, 751, false),
        ] as [(Int64, Int64, Bool)])
    func aClockThatIsBehind(_ difference: Int64, _ forgotten: Int64, _ isTrouble: Bool) {
        let reason = comparison(difference, forgotten: forgotten).whyReceiptsAreMissing(actionMaxAge: Self.maxAge)
        #expect((reason != nil) == isTrouble)
    }

    @Test("Redis' clock alone is wrong: no receipt was forgotten for it, and the node works")
    func redisAhead() {
        let clocks = comparison(-800_000, forgotten: 1551)
        #expect(clocks.whyReceiptsAreMissing(actionMaxAge: Self.maxAge) == nil)
        #expect(comparison(-800_000, forgotten: nil).whyReceiptsAreMissing(actionMaxAge: Self.maxAge) == nil)
        #expect(clocks.differenceMilliseconds == -800_000)
    }

    /// With equal clocks, a longer maximum age is not a reason to send traffic elsewhere: other nodes refuse the same
    /// ids.
    @Test func anotherMaximalAge() {
        #expect(comparison(0, forgotten: 751).whyReceiptsAreMissing(actionMaxAge: .seconds(3_600)) == nil)
        #expect(comparison(0, forgotten: 751).staleDescription.contains("SCORECAST_ACTION_MAX_AGE"))
    }

    @Test func whatAnOperatorIsTold() {
        #expect(comparison(-812_345, forgotten: 751).staleDescription.contains("812 s behind Redis' clock"))
        #expect(comparison(90_000, forgotten: 751).staleDescription.contains("90 s ahead of Redis' clock"))
    }
}
