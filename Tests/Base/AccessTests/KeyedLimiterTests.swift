import Access
import Basics
import Testing

/// A limit for each of very many keys.
struct KeyedLimiterTests {
    @Test func eachKeyHasItsOwn() {
        let limiter = KeyedLimiter<[UInt8]>(limit: RateLimit(count: 3, periodMilliseconds: 3_000))
        let users = [Array("é".utf8), Array("e\u{301}".utf8)]
        for user in users {
            #expect((0..<4).map { _ in limiter.admit(user, now: 0) } == [nil, nil, nil, 1_000])
        }
        #expect(limiter.admit(users[0], now: 1_000_000) == nil)
        #expect(limiter.admit(users[0], now: 1_000_000) == 1_000)
    }
}
