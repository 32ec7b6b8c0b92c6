import Basics
import Leaderboard
import Testing

/// GCRA's two numbers.
struct RateLimitTests {
    /// Count, period in ms; interval and tolerance in µs.
    private static let known: [(Int, Int64, Int64, Int64)] = [
        (10, 60_000, 6_000_000, 60_000_000),
        (1, 1000, 1_000_000, 1_000_000),
        (5, 1000, 200_000, 1_000_000),
        // What does not divide is rounded down, for the user.
        (7, 1000, 142_857, 999_999),
        (3, 1, 333, 999),
        // Never 0, which would mean no limit.
        (2000, 1, 1, 2000),
        (1, 86_400_000, 86_400_000_000, 86_400_000_000),
    ]

    @Test("The interval and the tolerance are those of known limits")
    func numbers() {
        for (count, period, interval, tolerance) in Self.known {
            let limit = RateLimit(count: count, periodMilliseconds: period)
            #expect(limit.intervalMicroseconds == interval)
            #expect(limit.toleranceMicroseconds == tolerance)
        }
    }

    /// The rule that the numbers are for, in its simplest form: `count` pass at once, no more; then one an interval.
    @Test(
        "The count passes at once, and then one an interval",
        arguments: [(1, 1000), (5, 1000), (7, 1000), (10, 60_000), (100, 1000), (2000, 1)] as [(Int, Int64)])
    func rule(_ count: Int, _ period: Int64) {
        let limit = RateLimit(count: count, periodMilliseconds: period)
        var expected: Int64 = 0
        func passes(at now: Int64) -> Bool {
            let arrival = max(expected, now) + limit.intervalMicroseconds
            guard arrival - now <= limit.toleranceMicroseconds else { return false }
            expected = arrival
            return true
        }
        let start: Int64 = 1_800_000_000_000_000
        #expect((0..<count + 3).filter { _ in passes(at: start) }.count == count)
        #expect(!passes(at: start + limit.intervalMicroseconds - 1))
        #expect(passes(at: start + limit.intervalMicroseconds))
        #expect(!passes(at: start + limit.intervalMicroseconds))
        #expect(passes(at: start + 3 * limit.intervalMicroseconds))
        // The whole burst is there again after a period.
        let later = start + 10 * period * 1000 + 10 * limit.toleranceMicroseconds
        #expect((0..<count + 3).filter { _ in passes(at: later) }.count == count)
    }
}
