import Signing
import Testing

/// The verifier behind its cache answers as it would alone.
@Suite struct CachedTokenVerifierTests {
    @Test func answersFromTheCache() async throws {
        let cached = CachedTokenVerifier(verifier: try TokenVerifier(keys: [try await hs256()]))
        let token = forge()
        let first = try cached.verify(token, now: now)
        for _ in 0..<9 { #expect(try cached.verify(token, now: now) == first) }
        #expect(cached.cache.counters.hits == 9)
        #expect(cached.cache.counters.misses == 1)
    }

    @Test func endsAtTheSameMomentAsTheVerifier() async throws {
        let verifier = try TokenVerifier(keys: [try await hs256()], leeway: .seconds(7))
        let cached = CachedTokenVerifier(verifier: verifier)
        let token = forge()
        _ = try cached.verify(token, now: now)
        let last = now + 606_999
        #expect(try cached.verify(token, now: last) == verifier.verify(token, now: last))
        #expect(cached.cache.counters.hits == 1)
        #expect(throws: TokenError.expired) { try verifier.verify(token, now: last + 1) }
        #expect(throws: TokenError.expired) { try cached.verify(token, now: last + 1) }
        #expect(cached.cache.count == 0)
    }

    @Test func keepsNothingThatWasRefused() async throws {
        let cached = CachedTokenVerifier(verifier: try TokenVerifier(keys: [try await hs256()]))
        let refused = [
            forge(claims: "{}"), forge(header: "{}"), "a.b.c", forge() + "A", String(repeating: "a", count: 9_000),
            forge(claims: #"{"sub":"u1","exp":1}"#),
        ]
        for token in refused {
            #expect(thrown { () throws(TokenError) in try cached.verify(token, now: now) } != nil)
        }
        #expect(cached.cache.count == 0)
    }

    @Test func forgetsOldKeys() async throws {
        let old = try await hs256()
        let new = try await hs256(Array("another secret of thirty-two bytes".utf8))
        let cached = CachedTokenVerifier(verifier: try TokenVerifier(keys: [old], generation: 1))
        let token = forge()
        _ = try cached.verify(token, now: now)
        cached.verifier = try TokenVerifier(keys: [new, old], generation: 2)
        #expect(try cached.verify(token, now: now).subject == "u1")
        #expect(cached.cache.counters.hits == 0)
        cached.verifier = try TokenVerifier(keys: [new], generation: 3)
        #expect(throws: TokenError.badSignature) { try cached.verify(token, now: now) }
    }
}
