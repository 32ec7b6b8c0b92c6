import Keys
import Testing

/// The times at which key sets are fetched, in seconds.
@Suite("When a key set is fetched")
struct KeySetScheduleTests {
    private var generator = SystemRandomNumberGenerator()

    @Test("at once, and then at intervals that vary a little")
    mutating func regular() {
        var schedule = KeySetSchedule(KeySetTimes())
        #expect(schedule.nextFetch == .zero)
        var waits: Set<Duration> = []
        for _ in 0..<100 {
            schedule.succeeded(at: .seconds(1_000), using: &generator)
            waits.insert(schedule.nextFetch - .seconds(1_000))
        }
        #expect(waits.allSatisfy { (.seconds(270) ... .seconds(330)).contains($0) })
        #expect(waits.count > 50)
    }

    @Test("after failures, with waits from the upper half of a bound that doubles up to a cap")
    mutating func failing() {
        var schedule = KeySetSchedule(KeySetTimes())
        for bound in [1, 2, 4, 8, 16, 32, 60, 60] + Array(repeating: 60, count: 100) {
            schedule.failed(at: .seconds(5), using: &generator)
            let wait = schedule.nextFetch - .seconds(5)
            #expect((.seconds(bound) / 2 ... .seconds(bound)).contains(wait))
        }
        schedule.succeeded(at: .seconds(5), using: &generator)
        #expect(schedule.nextFetch >= .seconds(275))
        schedule.failed(at: .seconds(5), using: &generator)
        #expect(schedule.nextFetch <= .seconds(6))
    }

    @Test("for unknown keys at once, but not twice within a minute")
    mutating func unknownKeys() {
        var schedule = KeySetSchedule(KeySetTimes())
        schedule.succeeded(at: .seconds(0), using: &generator)
        schedule.noteUnknownKey(at: .seconds(10))
        #expect(schedule.nextFetch == .seconds(10))
        schedule.succeeded(at: .seconds(11), using: &generator)
        for moment in [11, 12, 40, 69] {
            schedule.noteUnknownKey(at: .seconds(moment))
            #expect(schedule.nextFetch == .seconds(70))
        }
        schedule.succeeded(at: .seconds(71), using: &generator)
        schedule.noteUnknownKey(at: .seconds(200))
        #expect(schedule.nextFetch == .seconds(200))
    }

    @Test("for unknown keys not earlier while fetches fail, or if one is due before")
    mutating func unknownKeysMeanwhile() {
        var schedule = KeySetSchedule(KeySetTimes())
        for _ in 0..<10 { schedule.failed(at: .seconds(100), using: &generator) }
        let retry = schedule.nextFetch
        #expect(retry >= .seconds(130))
        schedule.noteUnknownKey(at: .seconds(101))
        #expect(schedule.nextFetch == retry)

        schedule.succeeded(at: .seconds(200), using: &generator)
        schedule.noteUnknownKey(at: .seconds(200))
        schedule.succeeded(at: .seconds(200), using: &generator)
        schedule.isAskedFor(at: .seconds(210))
        schedule.noteUnknownKey(at: .seconds(205))
        #expect(schedule.nextFetch == .seconds(210))
    }

    @Test("on request, whatever was planned")
    mutating func asked() {
        var schedule = KeySetSchedule(KeySetTimes())
        schedule.succeeded(at: .seconds(0), using: &generator)
        schedule.isAskedFor(at: .seconds(3))
        #expect(schedule.nextFetch == .seconds(3))
        for _ in 0..<10 { schedule.failed(at: .seconds(3), using: &generator) }
        schedule.isAskedFor(at: .seconds(4))
        #expect(schedule.nextFetch == .seconds(4))
    }
}
