import Basics
import Signing
import Testing

/// The cache alone: what it finds, what it forgets, how much it holds.
@Suite struct TokenCacheTests {
    private static func claims(_ number: Int) -> Claims { Claims(subject: "u\(number)", role: .player, expiresAt: 0) }

    /// Texts of one length that differ where `number` does; `tail` is what a signature would be.
    private static func token(_ number: Int, tail: String = "") -> [UInt8] {
        Array("token-\(100_000 + number)\(tail)".utf8)
    }

    private func insert(_ number: Int, into cache: TokenCache, end: Int64 = 1_000, generation: UInt64 = 1) {
        Self.token(number).withUnsafeBytes {
            cache.insert($0, claims: Self.claims(number), end: end, generation: generation)
        }
    }

    private func find(_ number: Int, in cache: TokenCache, now: Int64 = 0, generation: UInt64 = 1) -> Claims? {
        Self.token(number).withUnsafeBytes { cache.find($0, generation: generation, now: now) }
    }

    @Test func findsWhatWasPutIn() {
        let cache = TokenCache()
        for number in 0..<5_000 { insert(number, into: cache) }
        for number in 0..<5_000 { #expect(find(number, in: cache) == Self.claims(number)) }
        #expect(find(5_000, in: cache) == nil)
        #expect(cache.count == 5_000)
        #expect(cache.counters.hits == 5_000)
        #expect(cache.counters.misses == 1)
        #expect(cache.counters.evictions == 0)
    }

    /// The hash is of a token's end; tokens that differ elsewhere alone must still be told apart.
    @Test func comparesTheWholeToken() {
        let cache = TokenCache()
        let tail = String(repeating: "s", count: 100)
        for number in 0..<100 {
            Self.token(number, tail: tail).withUnsafeBytes {
                cache.insert($0, claims: Self.claims(number), end: 1_000, generation: 1)
            }
        }
        for number in 0..<200 {
            let found = Self.token(number, tail: tail).withUnsafeBytes { cache.find($0, generation: 1, now: 0) }
            #expect(found == (number < 100 ? Self.claims(number) : nil))
        }
        #expect([UInt8]().withUnsafeBytes { cache.find($0, generation: 1, now: 0) } == nil)
    }

    @Test func forgetsAtTheEnd() {
        let cache = TokenCache()
        insert(1, into: cache, end: 1_000)
        insert(2, into: cache, end: 2_000)
        #expect(find(1, in: cache, now: 999) != nil)
        #expect(find(1, in: cache, now: 1_000) == nil)
        #expect(cache.count == 1)
        #expect(find(1, in: cache, now: 0) == nil)
        #expect(find(2, in: cache, now: 1_000) != nil)
        insert(1, into: cache, end: 3_000)
        #expect(find(1, in: cache, now: 2_999) != nil)
        #expect(cache.count == 2)
    }

    @Test func forgetsWhenKeysChange() {
        let cache = TokenCache()
        insert(1, into: cache, generation: 1)
        #expect(find(1, in: cache, generation: 1) != nil)
        #expect(find(1, in: cache, generation: 2) == nil)
        #expect(find(1, in: cache, generation: 1) == nil)
        insert(1, into: cache, generation: 3)
        cache.removeAll()
        #expect(find(1, in: cache, generation: 3) == nil)
        #expect(cache.count == 0)
        #expect(cache.byteCount == 0)
    }

    @Test func holdsNoMoreThanItMay() {
        let cache = TokenCache(maxEntries: 100)
        for number in 0..<1_000 {
            insert(number, into: cache)
            #expect(cache.count == min(number + 1, 100))
            #expect(find(number, in: cache) != nil, "the newest must be there")
        }
        #expect(cache.counters.evictions == 900)
        let one = TokenCache(maxEntries: 0)
        for number in 0..<10 { insert(number, into: one) }
        #expect(one.count == 1)
        #expect(find(9, in: one) != nil)
    }

    @Test func holdsNoMoreBytesThanItMay() {
        let cache = TokenCache(maxBytes: 100_000)
        for length in (0..<2_000).map({ 1 + $0 * 37 % 8_000 }) {
            let token = Array(repeating: UInt8(truncatingIfNeeded: length), count: length)
            token.withUnsafeBytes { cache.insert($0, claims: Self.claims(0), end: 1, generation: 1) }
            #expect(cache.byteCount <= 100_000)
            #expect(token.withUnsafeBytes { cache.find($0, generation: 1, now: 0) } != nil)
        }
        #expect(cache.counters.evictions > 0)
        let tiny = TokenCache(maxBytes: 10)
        insert(1, into: tiny)
        #expect(tiny.count == 0)
        #expect(find(1, in: tiny) == nil)
    }

    /// An entry that is in use outlives any number of those that are seen once.
    @Test func keepsWhatIsUsed() {
        let cache = TokenCache(maxEntries: 64)
        insert(0, into: cache)
        for number in 1..<2_000 {
            insert(number, into: cache)
            #expect(find(0, in: cache) != nil)
        }
    }

    @Test func countsATokenOnce() {
        let cache = TokenCache()
        for end in [100, 200, 300] as [Int64] { insert(1, into: cache, end: end) }
        #expect(cache.count == 1)
        #expect(find(1, in: cache, now: 299) != nil)
        #expect(find(1, in: cache, now: 300) == nil)
        #expect(cache.byteCount == 0)
    }

    /// Against a dictionary that never forgets by itself: whatever the cache finds is right, at every size.
    @Test func agreesWithADictionary() {
        var generator = SplitMix64(seed: 21)
        let cache = TokenCache(maxEntries: 300)
        insert(0, into: cache)
        let cost = cache.byteCount
        cache.removeAll()
        var known: [Int: (claims: Claims, end: Int64)] = [:]
        var time: Int64 = 0
        var found = 0
        for round in 0..<50_000 {
            let number = Int.random(in: 0..<600, using: &generator)
            time += Int64.random(in: 0..<3, using: &generator)
            if Bool.random(using: &generator) {
                let claims = Self.claims(round)
                let end = time + Int64.random(in: 1..<2_000, using: &generator)
                Self.token(number).withUnsafeBytes { cache.insert($0, claims: claims, end: end, generation: 1) }
                known[number] = (claims, end)
            } else if let claims = find(number, in: cache, now: time) {
                found += 1
                #expect(claims == known[number]?.claims)
                #expect(time < known[number]?.end ?? 0)
            }
            #expect(cache.count <= 300)
            #expect(cache.byteCount == cache.count * cost)
        }
        #expect(found > 1_000)
    }
}
