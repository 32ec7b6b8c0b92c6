import Signing
import Testing

/// The claims that a properly signed token may make.
@Suite struct TokenClaimsTests {
    private func refusal(
        _ claims: String,
        issuer: String? = nil,
        audience: String? = nil,
        at moment: Int64 = now
    ) async throws -> TokenError? {
        let verifier = try TokenVerifier(keys: [try await hs256()], issuer: issuer, audience: audience)
        return thrown { () throws(TokenError) in try verifier.verify(forge(claims: claims), now: moment) }
    }

    @Test func readsTheClaims() async throws {
        let verifier = try TokenVerifier(keys: [try await hs256()])
        let plain = try verifier.verify(forge(), now: now)
        #expect(plain == Claims(subject: "u1", role: .player, expiresAt: now + 600_000))
        for role in Role.allCases {
            let claims = #"{"sub":"ü ñ 😀","role":"\#(role.rawValue)","exp":1790000600.0459,"x":{"y":[1]},"jti":null}"#
            let expected = Claims(subject: "ü ñ 😀", role: role, expiresAt: now + 600_045)
            #expect(try verifier.verify(forge(claims: claims), now: now) == expected)
        }
    }

    @Test(arguments: [
        #"{"exp":1790000600}"#, #"{"sub":"u1"}"#, #"{"sub":"","exp":1790000600}"#, #"{"sub":5,"exp":1790000600}"#,
        #"{"sub":null,"exp":1790000600}"#, #"{"sub":["u1"],"exp":1790000600}"#, #"{"sub":"a\nb","exp":1790000600}"#,
        #"{"sub":"a\u0000","exp":1790000600}"#, #"{"sub":"a\u007f","exp":1790000600}"#,
        #"{"sub":"a\u0085","exp":1790000600}"#, #"{"sub":"a\u2028","exp":1790000600}"#,
        #"{"sub":"u1","exp":"1790000600"}"#, #"{"sub":"u1","exp":null}"#, #"{"sub":"u1","exp":-1}"#,
        #"{"sub":"u1","exp":1e300}"#, #"{"sub":"u1","exp":1e999}"#, #"{"sub":"u1","exp":253402300800}"#,
        #"{"sub":"u1","exp":true}"#, #"{"sub":"u1","exp":1790000600,"nbf":"0"}"#,
        #"{"sub":"u1","exp":1790000600,"iat":[]}"#, #"{"sub":"u1","exp":1790000600,"role":null}"#,
        #"{"sub":"u1","exp":1790000600,"role":["admin"]}"#, #"{"sub":"u1","exp":1790000600,"iss":5}"#,
        #"{"sub":"u1","exp":1790000600,"aud":5}"#, #"{"sub":"u1","exp":1790000600,"aud":[5]}"#,
        #"{"sub":"u1","exp":1790000600,"aud":{"a":1}}"#,
    ])
    func refusesClaimsOutOfForm(_ claims: String) async throws {
        #expect(try await refusal(claims) == .invalidClaim)
    }

    @Test(arguments: [
        "", "null", "[]", "5", "{", #"{"sub":"u1","exp":1790000600}x"#, #"{"sub":"u1","exp":1790000600,}"#,
        #"{"sub":"u1","sub":"u2","exp":1790000600}"#, #"{"sub":"u1","s\u0075b":"u2","exp":1790000600}"#,
        #"{"sub":"u1","exp":1,"exp":1790000600}"#, #"{"sub":"u1","exp":1790000600,"role":"player","role":"admin"}"#,
        #"{"sub":"u1","exp":01790000600}"#, #"{"sub":"u1","exp":NaN}"#, "\u{FEFF}{\"sub\":\"u1\",\"exp\":1790000600}",
        #"{"sub":"\uD800","exp":1790000600}"#, #"{"x":[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]],"sub":"u1","exp":1790000600}"#,
    ])
    func refusesClaimsThatAreNoStrictObject(_ claims: String) async throws {
        let reason = try await refusal(claims)
        // A value that is not an object is a value of a wrong type.
        #expect(reason == (["null", "[]", "5"].contains(claims) ? .invalidClaim : .malformed))
    }

    @Test func limitsTheSubjectByBytes() async throws {
        #expect(try await refusal(#"{"sub":"\#(String(repeating: "a", count: 128))","exp":1790000600}"#) == nil)
        #expect(
            try await refusal(#"{"sub":"\#(String(repeating: "a", count: 129))","exp":1790000600}"#) == .invalidClaim)
        #expect(
            try await refusal(#"{"sub":"\#(String(repeating: "é", count: 65))","exp":1790000600}"#) == .invalidClaim)
    }

    @Test(arguments: ["", "Admin", "ADMIN", "root", "player ", "administrator", "\u{212A}"])
    func refusesUnknownRoles(_ role: String) async throws {
        #expect(try await refusal(#"{"sub":"u1","exp":1790000600,"role":"\#(role)"}"#) == .unknownRole)
    }

    @Test func endsAtExpAndLeeway() async throws {
        let claims = #"{"sub":"u1","exp":1790000600}"#
        #expect(try await refusal(claims, at: now + 629_999) == nil)
        #expect(try await refusal(claims, at: now + 630_000) == .expired)
        #expect(try await refusal(claims, at: .max) == .expired)
        #expect(try await refusal(#"{"sub":"u1","exp":0}"#) == .expired)
    }

    @Test(arguments: ["nbf", "iat"])
    func beginsAtNbfAndIatLessLeeway(_ name: String) async throws {
        let claims = #"{"sub":"u1","exp":1790000600,"\#(name)":1790000000}"#
        #expect(try await refusal(claims, at: now - 30_000) == nil)
        #expect(try await refusal(claims, at: now - 30_001) == .notYetValid)
        #expect(try await refusal(claims, at: 0) == .notYetValid)
    }

    @Test func checksTheIssuerWhereOneIsConfigured() async throws {
        let claims = { (issuer: String) in #"{"sub":"u1","exp":1790000600,"iss":"\#(issuer)"}"# }
        #expect(try await refusal(claims("https://a"), issuer: "https://a") == nil)
        #expect(try await refusal(claims("https://a/"), issuer: "https://a") == .wrongIssuer)
        #expect(try await refusal(claims("e\u{301}"), issuer: "\u{E9}") == .wrongIssuer)
        #expect(try await refusal(#"{"sub":"u1","exp":1790000600}"#, issuer: "https://a") == .wrongIssuer)
        #expect(try await refusal(claims("anyone")) == nil)
    }

    @Test func checksTheAudienceWhereOneIsConfigured() async throws {
        let claims = { (audience: String) in #"{"sub":"u1","exp":1790000600,"aud":\#(audience)}"# }
        #expect(try await refusal(claims(#""a""#), audience: "a") == nil)
        #expect(try await refusal(claims(#"["b","a"]"#), audience: "a") == nil)
        #expect(try await refusal(claims(#"["b","c"]"#), audience: "a") == .wrongAudience)
        #expect(try await refusal(claims("[]"), audience: "a") == .wrongAudience)
        #expect(try await refusal(claims(#""b""#), audience: "a") == .wrongAudience)
        #expect(try await refusal(#"{"sub":"u1","exp":1790000600}"#, audience: "a") == .wrongAudience)
        #expect(try await refusal(claims(#"["b"]"#)) == nil)
    }

    @Test func tellsSubjectsApartByBytes() {
        let claims = Claims(subject: "\u{E9}", role: .player, expiresAt: 0)
        #expect(claims.isSubject("\u{E9}"))
        #expect(!claims.isSubject("e\u{301}"))
    }
}
