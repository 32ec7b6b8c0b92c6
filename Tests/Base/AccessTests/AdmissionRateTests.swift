import Access
import Basics
import Testing

/// How handshakes are spread.
@Suite struct AdmissionRateTests {
    /// Ten a second on one loop, up to half a second of waiting: of a burst five pass, then one every 100 ms.
    private static let tenASecond = AdmissionRate.Settings(
        RateLimit(count: 10, periodMilliseconds: 1_000), waitMax: .milliseconds(500), loops: 1)

    @Test func spreadsABurst() {
        var rate = AdmissionRate(Self.tenASecond)
        let verdicts = (0..<12).map { _ in rate.arrive(at: 1_000_000, dice: 0.5) }
        let waits = (1...5).map { AdmissionRate.Verdict.after(nanoseconds: $0 * 100_000_000) }
        #expect(
            verdicts == Array(repeating: .now, count: 5) + waits + [
                .refuse(retryAfterSeconds: 6), .refuse(retryAfterSeconds: 6),
            ])
        // Those that were sent away took nobody's turn.
        #expect(rate.arrive(at: 101_000_000, dice: 0) == .after(nanoseconds: 500_000_000))
        #expect(rate.arrive(at: 101_000_000, dice: 0) == .refuse(retryAfterSeconds: 1))
        #expect(rate.arrive(at: 101_000_000, dice: 0.999) == .refuse(retryAfterSeconds: 10))
    }

    @Test func letsASteadyStreamPass() {
        var rate = AdmissionRate(Self.tenASecond)
        for step in 0..<100 { #expect(rate.arrive(at: Int64(step) * 100_000_000, dice: 0) == .now) }
        // Half again as fast: waits grow, until every third is sent away.
        var verdicts: [AdmissionRate.Verdict] = []
        for step in 0..<300 { verdicts.append(rate.arrive(at: 10_000_000_000 + Int64(step) * 66_666_667, dice: 0)) }
        let refused = verdicts.suffix(150).count { $0 == .refuse(retryAfterSeconds: 1) }
        #expect((48...52).contains(refused))
        #expect(rate.arrive(at: 60_000_000_000, dice: 0) == .now, "and after a quiet time all is well")
    }

    @Test func givesEachLoopItsShare() {
        let settings = AdmissionRate.Settings(
            RateLimit(count: 1_000, periodMilliseconds: 1_000), waitMax: .seconds(2), loops: 4)
        #expect(settings.gcra.interval == 4_000_000)
        var rate = AdmissionRate(settings)
        let verdicts = (0..<1_000).map { _ in rate.arrive(at: 0, dice: 0) }
        #expect(verdicts.count { $0 == .now } == 125, "half a second's worth")
        #expect(verdicts.count { if case .after = $0 { true } else { false } } == 500)
        let slow = AdmissionRate.Settings(
            RateLimit(count: 1, periodMilliseconds: 60_000), waitMax: .zero, loops: 2)
        var once = AdmissionRate(slow)
        #expect(once.arrive(at: 0, dice: 0) == .now)
        #expect(once.arrive(at: 119_999_999_999, dice: 0) == .refuse(retryAfterSeconds: 1))
        #expect(once.arrive(at: 120_000_000_000, dice: 0) == .now)
    }
}
