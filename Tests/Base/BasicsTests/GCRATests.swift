import Basics
import Testing

/// The arithmetic of rate limits.
struct GCRATests {
    /// Count, period in ms; interval and tolerance in µs.
    private static let known: [(Int, Int64, Int64, Int64)] = [
        (10, 60_000, 6_000_000, 60_000_000),
        (1, 1000, 1_000_000, 1_000_000),
        (5, 1000, 200_000, 1_000_000),
        // A quotient that is not whole is rounded down, for the user.
        (7, 1000, 142_857, 999_999),
        (3, 1, 333, 999),
        // Never 0, which would mean no limit.
        (2000, 1, 1, 2000),
        (1, 86_400_000, 86_400_000_000, 86_400_000_000),
    ]

    @Test func numbers() {
        for (count, period, interval, tolerance) in Self.known {
            let limit = RateLimit(count: count, periodMilliseconds: period)
            #expect(GCRA(microsecondsOf: limit) == GCRA(interval: interval, tolerance: tolerance))
        }
        let limit = RateLimit(count: 7, periodMilliseconds: 1000)
        #expect(GCRA(nanosecondsOf: limit) == GCRA(interval: 142_857_142, tolerance: 999_999_994))
        #expect(GCRA(nanosecondsOf: RateLimit(count: 2_000_000, periodMilliseconds: 1)).interval == 1)
    }

    /// Due time and time of an arrival; the due time that it leads to, and how early it is. The interval is 10, the
    /// tolerance 30: three at once.
    private static let arrivals: [(due: Int64, now: Int64, next: Int64, early: Int64)] = [
        // The first ever, and the first after a long quiet time.
        (.min, 0, 10, -20), (.min, 1000, 1010, -20), (500, 1000, 1010, -20),
        // A burst.
        (1000, 1000, 1010, -20), (1010, 1000, 1020, -10), (1020, 1000, 1030, 0), (1030, 1000, 1040, 10),
        // One that is refused may come again after as long as it was early.
        (1030, 1009, 1040, 1), (1030, 1010, 1040, 0), (1030, 1015, 1040, -5), (1030, 1030, 1040, -20),
        // One that owes more than the tolerance, as after a clock's step back.
        (5000, 1000, 5010, 3980),
        // Before the clock's zero.
        (-100, -90, -80, -20), (-70, -90, -60, 0), (-60, -90, -50, 10),
    ]

    @Test func judgesArrivals() {
        let gcra = GCRA(interval: 10, tolerance: 30)
        for (due, now, next, early) in Self.arrivals {
            let arrival = gcra.arrival(at: now, due: due)
            #expect(arrival.due == next && arrival.early == early, "\(due), \(now)")
            #expect(arrival.conforms == (early <= 0))
        }
    }

    /// The rule that the numbers are for, in its simplest form: `count` pass at once, no more; then one an interval.
    @Test(arguments: [(1, 1000), (5, 1000), (7, 1000), (10, 60_000), (100, 1000), (2000, 1)] as [(Int, Int64)])
    func rule(_ count: Int, _ period: Int64) {
        let gcra = GCRA(microsecondsOf: RateLimit(count: count, periodMilliseconds: period))
        var due: Int64 = 0
        func passes(at now: Int64) -> Bool {
            let arrival = gcra.arrival(at: now, due: due)
            guard arrival.conforms else { return false }
            due = arrival.due
            return true
        }
        let start: Int64 = 1_800_000_000_000_000
        #expect((0..<count + 3).filter { _ in passes(at: start) }.count == count)
        #expect(!passes(at: start + gcra.interval - 1))
        #expect(passes(at: start + gcra.interval))
        #expect(!passes(at: start + gcra.interval))
        #expect(passes(at: start + 3 * gcra.interval))
        // The whole burst is there again after a period.
        let later = start + 10 * period * 1000 + 10 * gcra.tolerance
        #expect((0..<count + 3).filter { _ in passes(at: later) }.count == count)
    }
}
