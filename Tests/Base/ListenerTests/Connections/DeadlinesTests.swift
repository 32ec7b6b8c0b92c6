import Listener
import NIOCore
import Testing

/// The transitions of `Deadlines`.
@Suite struct DeadlinesTests {
    private static func time(_ seconds: Int64) -> NIODeadline { .uptimeNanoseconds(0) + .seconds(seconds) }

    @Test func reportsAnExpiredDeadlineOnce() {
        var deadlines = Deadlines()
        #expect(deadlines.check(now: Self.time(1_000_000)) == .none)
        deadlines.expire(at: Self.time(10))
        #expect(deadlines.check(now: Self.time(10)) == .none)
        #expect(deadlines.check(now: Self.time(11)) == .expired)
        #expect(deadlines.check(now: Self.time(12)) == .none)
        deadlines.expire(at: Self.time(20))
        deadlines.expire(at: .distantFuture)
        #expect(deadlines.check(now: Self.time(30)) == .none)
    }

    @Test func givesAStalledClientItsOwnTime() {
        var deadlines = Deadlines()
        #expect(!deadlines.isStalled)
        deadlines.expire(at: Self.time(10))
        deadlines.beginStall(until: Self.time(5))
        #expect(deadlines.isStalled)
        #expect(deadlines.check(now: Self.time(5)) == .none)
        #expect(deadlines.check(now: Self.time(11)) == .stalled, "before the other one")
        deadlines.endStall()
        #expect(!deadlines.isStalled)
        #expect(deadlines.check(now: Self.time(11)) == .expired)
    }
}
