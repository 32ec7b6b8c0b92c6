import JWTKit
import Signing
import Testing

/// The attacks of RFC 8725 section 2, and kindred ones.
@Suite struct TokenAttackTests {
    private func refusal(_ token: String, keys: [TokenKey]) throws -> TokenError? {
        let verifier = try TokenVerifier(keys: keys)
        return thrown { () throws(TokenError) in try verifier.verify(token, now: now) }
    }

    private func refusal(header: String) async throws -> TokenError? {
        try refusal(forge(header: header), keys: [try await hs256()])
    }

    @Test(arguments: [
        (#"{"alg":"none"}"#, TokenError.algorithmRefused), (#"{"alg":"None"}"#, .algorithmRefused),
        (#"{"alg":"hs256"}"#, .algorithmRefused), (#"{"alg":"HS512"}"#, .algorithmRefused),
        (#"{"alg":"RS256"}"#, .algorithmRefused), (#"{"alg":""}"#, .algorithmRefused), (#"{}"#, .malformed),
        (#"{"alg":null}"#, .malformed), (#"{"alg":["HS256"]}"#, .malformed),
        (#"{"alg":"HS256","alg":"HS256"}"#, .malformed),
        (#"{"alg":"none","\u0061lg":"HS256"}"#, .malformed), (#"{"alg":"HS256"} "x""#, .malformed),
        (#"[]"#, .malformed),
        (#"{"alg":"HS256","crit":["exp"],"exp":1}"#, .criticalExtension),
        (#"{"alg":"HS256","crit":[]}"#, .criticalExtension),
        (#"{"alg":"HS256","crit":null}"#, .criticalExtension),
        (#"{"alg":"HS256","crit":["b64"],"b64":false}"#, .criticalExtension),
        (#"{"alg":"HS256","jwk":{"kty":"oct","k":"AAAA"}}"#, .embeddedKey),
        (#"{"alg":"HS256","jku":"https://x"}"#, .embeddedKey),
        (#"{"alg":"HS256","x5u":"https://x"}"#, .embeddedKey), (#"{"alg":"HS256","typ":"JWE"}"#, .typeRefused),
        (#"{"alg":"HS256","typ":"id_token+jwt"}"#, .typeRefused), (#"{"alg":"HS256","typ":""}"#, .typeRefused),
        (#"{"alg":"HS256","typ":5}"#, .malformed), (#"{"alg":"HS256","kid":5}"#, .malformed),
        (#"{"alg":"HS256","x":[[[[[[[[[1]]]]]]]]]}"#, .malformed), ("not json", .malformed), ("", .malformed),
    ])
    func refusesHeaders(_ header: String, _ error: TokenError) async throws {
        #expect(try await refusal(header: header) == error)
    }

    @Test(arguments: [
        #"{"alg":"HS256"}"#, #"{"alg":"HS256","typ":"jwt"}"#, #"{"alg":"HS256","typ":"at+jwt"}"#,
        #"{"alg":"HS256","typ":"application/AT+JWT"}"#,
        #"{"alg":"HS256","x5c":["MIIB"],"x5t":"a","cty":"x","y":{"z":1}}"#,
        #"{"alg":"HS256","kid":"any"}"#, " {\r\n \"alg\" : \"HS256\" } ",
    ])
    func takesHeaders(_ header: String) async throws {
        #expect(try await refusal(header: header) == nil)
    }

    @Test func refusesUnsignedTokens() async throws {
        let keys = [try await hs256()]
        let parts = forge(header: #"{"alg":"none"}"#).split(separator: ".")
        let signed = forge().split(separator: ".")
        #expect(try refusal("\(parts[0]).\(parts[1]).", keys: keys) == .algorithmRefused)
        #expect(try refusal("\(parts[0]).\(parts[1])", keys: keys) == .malformed)
        #expect(try refusal("\(signed[0]).\(signed[1]).", keys: keys) == .badSignature)
        #expect(try refusal("\(signed[0]).\(signed[1]).\(signed[2]).", keys: keys) == .malformed)
        #expect(
            try refusal("\(signed[0]).\(signed[1]).\(signed[2]).\(signed[2]).\(signed[2])", keys: keys) == .malformed)
        #expect(try refusal("..", keys: keys) == .malformed)
        #expect(try refusal("", keys: keys) == .malformed)
        #expect(
            try refusal(forge(secret: Array("another secret of thirty-two bytes".utf8)), keys: keys) == .badSignature)
    }

    /// Base64url has spare bits at its end, and tolerant decoders take padding and other alphabets.
    @Test func refusesOtherSpellingsOfAToken() async throws {
        let keys = [try await hs256()]
        let token = forge()
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
        #expect(try refusal(token, keys: keys) == nil)
        let last = try #require(token.last.flatMap { alphabet.firstIndex(of: $0) })
        for spare in 1..<4 {
            #expect(try refusal("\(token.dropLast())\(alphabet[last ^ spare])", keys: keys) == .malformed)
        }
        for other in ["\(token)=", "\(token)\n", " \(token)", token.replacing(".", with: "=."), "Bearer \(token)"] {
            #expect(try refusal(other, keys: keys) == .malformed)
        }
    }

    @Test func limitsTheSize() async throws {
        let keys = [try await hs256()]
        let claims = { (fill: Int) in #"{"sub":"u1","exp":1790000600,"x":"\#(String(repeating: "a", count: fill))"}"# }
        let large = try #require(
            (6_000..<6_200).map { forge(claims: claims($0)) }.last { $0.utf8.count <= TokenVerifier.maxBytes })
        #expect(try refusal(large, keys: keys) == nil)
        #expect(try refusal(forge(claims: claims(6_200)), keys: keys) == .tooLarge)
        #expect(try refusal(String(repeating: "a.", count: 1 << 20), keys: keys) == .tooLarge)
    }

    /// A verifier with public keys must not take their text for an HMAC secret.
    @Test func refusesAlgorithmConfusion() async throws {
        let privateKey = ES256PrivateKey()
        let publicKey = privateKey.publicKey
        let collection = JWTKeyCollection()
        await collection.add(ecdsa: publicKey, kid: "ec")
        let key = try TokenKey(id: "ec", implementation: try await collection.getKey(for: "ec"))
        let pem = Array(publicKey.pemRepresentation.utf8)
        let confused = forge(header: #"{"alg":"HS256","kid":"ec"}"#, secret: pem)
        #expect(try refusal(confused, keys: [key]) == .algorithmRefused)
        // With an HMAC key beside it, the token is one of a wrong secret: the public key is still no secret.
        #expect(try refusal(confused, keys: [key, try await hs256()]) == .badSignature)
        let wrongForm = forge(header: #"{"alg":"ES256","kid":"ec"}"#, secret: pem)
        #expect(try refusal(wrongForm, keys: [key]) == .badSignature)
    }

    @Test func choosesKeysByID() async throws {
        let other = Array("another secret of thirty-two bytes".utf8)
        let old = try await hs256(secret, id: "old")
        let new = try await hs256(other, id: "new")
        let named = { (id: String, secret: [UInt8]) in forge(header: #"{"alg":"HS256","kid":"\#(id)"}"#, secret: secret)
        }
        #expect(try refusal(named("old", secret), keys: [new, old]) == nil)
        #expect(try refusal(named("new", other), keys: [new, old]) == nil)
        #expect(try refusal(named("new", secret), keys: [new, old]) == .badSignature)
        #expect(try refusal(named("gone", secret), keys: [new, old]) == .unknownKey)
        #expect(try refusal(forge(), keys: [new, old]) == nil)
        #expect(try refusal(named("any", secret), keys: [try await hs256()]) == nil)
        #expect(try refusal(named("old", secret), keys: [new]) == .unknownKey)
    }

    @Test func refusesUnusableKeys() async throws {
        await #expect(throws: TokenKeyError.secretTooShort) { try await hs256(Array(repeating: 1, count: 31)) }
        let key = try await hs256(Array(repeating: 1, count: 32))
        #expect(throws: TokenKeyError.noKey) { try TokenVerifier(keys: []) }
        #expect(throws: TokenKeyError.tooManyKeys) {
            try TokenVerifier(keys: Array(repeating: key, count: TokenVerifier.keysMax + 1))
        }
        let collection = JWTKeyCollection()
        await collection.add(hmac: HMACKey(from: Array(repeating: 1, count: 64)), digestAlgorithm: .sha512)
        let hs512 = try await collection.getKey()
        #expect(throws: TokenKeyError.algorithmRefused) { try TokenKey(id: nil, implementation: hs512) }
        let shown = ["\(key)", String(reflecting: key), "\(TokenKeyError.secretTooShort)"]
        #expect(shown.allSatisfy { !$0.contains("AQEB") && !$0.contains("1, 1") })
    }
}
