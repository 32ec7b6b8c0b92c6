import ScorecastClient
import Testing

@Suite struct BackoffTests {
    private let backoff = Backoff(base: .milliseconds(250), cap: .seconds(15))

    @Test func theBoundDoublesUpToTheCap() {
        let bounds = (1...9).map { backoff.bound(failures: $0) / .milliseconds(1) }
        #expect(bounds == [250, 500, 1000, 2000, 4000, 8000, 15_000, 15_000, 15_000])
        #expect(backoff.bound(failures: .max) == .seconds(15))
        #expect(backoff.bound(failures: .min) == .milliseconds(250))
    }

    @Test func aWaitIsAShareOfTheBound() {
        #expect(backoff.wait(failures: 3, draw: 1) == .seconds(1))
        #expect(backoff.wait(failures: 3, draw: 0.25) == .milliseconds(250))
        #expect(backoff.wait(failures: 3, draw: 0) == Backoff.leastWait)
        #expect(backoff.wait(failures: 3, draw: 7) == .seconds(1))
        #expect(backoff.wait(failures: 3, draw: -1) == Backoff.leastWait)
    }

    @Test func hugeSettingsDoNotOverflow() {
        let patient = Backoff(base: .seconds(86_400), cap: .seconds(86_400))
        #expect(patient.wait(failures: 1000, draw: 1) == .seconds(86_400))
    }
}
