import Signing
import Testing

/// Tokens made here.
@Suite struct TokenIssuerTests {
    @Test func writesWhatTheVerifierReads() async throws {
        let key = try await hs256(id: "k1")
        let token = try TokenIssuer(key: key).sign(
            sub: "a \"quoted\" é",
            role: .service,
            issuedAt: now + 999,
            expiresAt: now + 600_999,
            issuer: "https://issuer.example",
            audience: "scorecast"
        )
        let header = base64URL(#"{"alg":"HS256","typ":"JWT","kid":"k1"}"#.utf8)
        #expect(token.hasPrefix("\(header)."))
        let verifier = try TokenVerifier(keys: [key], issuer: "https://issuer.example", audience: "scorecast")
        // Parts of a second are dropped.
        let expected = Claims(subject: "a \"quoted\" é", role: .service, expiresAt: now + 600_000)
        #expect(try verifier.verify(token, now: now) == expected)
        #expect(try verifier.verify(token.dropFirst(0), now: now) == expected)
    }

    @Test func refusesWhatTheVerifierWouldRefuse() async throws {
        let issuer = TokenIssuer(key: try await hs256())
        for sub in ["", "a\u{0}", "a\nb", String(repeating: "a", count: 129)] {
            #expect(throws: TokenIssuerError.invalidSubject) { try issuer.sign(sub: sub, issuedAt: 0, expiresAt: 1) }
        }
        for (issuedAt, expiresAt) in [(-1, 5), (5, 4)] as [(Int64, Int64)] {
            #expect(throws: TokenIssuerError.invalidTimes) {
                try issuer.sign(sub: "u1", issuedAt: issuedAt, expiresAt: expiresAt)
            }
        }
    }
}
