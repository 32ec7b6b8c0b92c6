import Basics
import Testing

/// How long to wait before another try.
struct BackoffTests {
    @Test("the bound doubles from the base up to the cap, and not below the least wait")
    func bounds() {
        let table: [(Backoff, [Int])] = [
            (Backoff(base: .milliseconds(50), cap: .seconds(1)), [50, 50, 100, 200, 400, 800, 1000, 1000]),
            (Backoff(base: .milliseconds(250), cap: .seconds(15)), [250, 250, 500, 1000, 2000, 4000, 8000, 15_000]),
            (Backoff(base: .seconds(3), cap: .seconds(2)), [2000, 2000, 2000, 2000, 2000, 2000, 2000, 2000]),
            (Backoff(base: .milliseconds(1), cap: .seconds(1), least: .milliseconds(5)), [5, 5, 5, 5, 8, 16, 32, 64]),
        ]
        for (backoff, bounds) in table {
            #expect((0...7).map { backoff.bound(failures: $0) } == bounds.map { .milliseconds($0) })
            #expect(backoff.bound(failures: .max) == backoff.cap)
            #expect(backoff.bound(failures: .min) == backoff.bound(failures: 1))
        }
    }

    @Test("a wait is a share of the bound")
    func waits() {
        let full = Backoff(base: .milliseconds(250), cap: .seconds(15), least: .milliseconds(10))
        let equal = Backoff(base: .milliseconds(250), cap: .seconds(15), jitter: .equal)
        let table: [(Backoff, Double, Int)] = [
            (full, 1, 1000), (full, 0.25, 250), (full, 0.001, 10), (full, 0, 10), (full, 7, 1000), (full, -1, 10),
            (equal, 1, 1000), (equal, 0.5, 750), (equal, 0, 500), (equal, 7, 1000), (equal, -1, 500),
        ]
        for (backoff, draw, milliseconds) in table {
            #expect(backoff.wait(failures: 3, draw: draw) == .milliseconds(milliseconds), "\(backoff.jitter) \(draw)")
        }
    }

    @Test("waits are drawn from all of their range", arguments: [Backoff.Jitter.full, .equal])
    func draws(_ jitter: Backoff.Jitter) {
        let backoff = Backoff(base: .milliseconds(100), cap: .seconds(1), jitter: jitter)
        var generator = SplitMix64(seed: 3)
        let seeded = (0..<2000).map { _ in backoff.wait(failures: 3, using: &generator) }
        let least: Duration = jitter == .full ? .zero : .milliseconds(200)
        for waits in [seeded, (0..<2000).map { _ in backoff.wait(failures: 3) }] {
            #expect(waits.allSatisfy { (least ... .milliseconds(400)).contains($0) })
            #expect(waits.contains { $0 < least + .milliseconds(40) } && waits.contains { $0 > .milliseconds(360) })
        }
    }

    @Test("huge settings do not overflow")
    func huge() {
        let patient = Backoff(base: .seconds(86_400), cap: .seconds(86_400))
        #expect(patient.wait(failures: 1000, draw: 1) == .seconds(86_400))
    }
}
