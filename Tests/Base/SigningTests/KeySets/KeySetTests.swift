import Crypto
import JWTKit
import Signing
import Testing

/// Key sets, and tokens signed with their keys.
@Suite struct KeySetTests {
    private func refusal(_ token: String, by keys: [TokenKey]) throws -> TokenError? {
        let verifier = try TokenVerifier(keys: keys)
        return thrown { () throws(TokenError) in try verifier.verify(token, now: now) }
    }

    // MARK: Published examples

    @Test func readsTheExampleOfTheRFC() async throws {
        let set = try await KeySet(Array(RFC.publicKeys.utf8))
        #expect(set.keys.map(\.id) == ["2011-04-29"])
        #expect(set.keys.map(\.algorithm) == ["RS256"])
        #expect(set.skipped == [.init(number: 1, reason: .notForVerification)])
    }

    /// Genuine signatures over claims that lack a subject: the verifier gets past the signature, and refuses the
    /// claims.
    @Test(arguments: TokenVectorTests.examples)
    func verifiesPublishedSignatures(_ example: TokenVectorTests.Example) async throws {
        let keys = try await keySet([example.jwk]).keys
        #expect(keys.map(\.algorithm) == [example.algorithm])
        #expect(try refusal(example.token, by: keys) == .invalidClaim)
        let other = try await keySet([try await KeyPair.edDSA().entry(), try await KeyPair.es256().entry()]).keys
        let wrong: TokenError = example.algorithm == "RS256" ? .algorithmRefused : .badSignature
        #expect(try refusal(example.token, by: other) == wrong)
    }

    @Test func verifiesThePublishedEdwardsSignature() async throws {
        let keys = try await keySet([RFC.ed25519]).keys
        #expect(try refusal(RFC.ed25519Signed, by: keys) == .malformed)
        let altered = RFC.ed25519Signed.replacing("hgyY0il", with: "hgyY0im")
        #expect(try refusal(altered, by: keys) == .badSignature)
    }

    // MARK: Choosing keys

    @Test func verifiesEachAlgorithm() async throws {
        let pairs = try await KeyPair.all()
        let set = try await keySet(pairs.map { $0.entry() })
        #expect(set.keys.map(\.algorithm) == ["RS256", "ES256", "EdDSA"])
        let keys = set.keys + [try await hs256()]
        for pair in pairs {
            #expect(try refusal(try pair.token(kid: pair.id), by: keys) == nil)
            #expect(try refusal(try pair.token(kid: nil), by: keys) == nil)
            // An id that no key has, and ids of other keys: the right key is there, and is not tried.
            for kid in ["gone", ""] + pairs.map(\.id).filter({ $0 != pair.id }) {
                #expect(try refusal(try pair.token(kid: kid), by: keys) == .unknownKey)
            }
            let others = set.keys.filter { $0.id != pair.id }
            #expect(try refusal(try pair.token(kid: pair.id), by: others) == .unknownKey)
        }
        #expect(try refusal(forge(), by: keys) == nil)
    }

    @Test func triesKeysWithoutIDsOnlyAmongThemselves() async throws {
        let pair = try await KeyPair.edDSA()
        let nameless = try await keySet(["{\(pair.members)}"]).keys
        #expect(nameless.map(\.id) == [nil])
        #expect(try refusal(try pair.token(kid: "any"), by: nameless) == nil)
        let mixed = try await keySet(["{\(pair.members)}", try await KeyPair.edDSA(id: "other").entry()]).keys
        #expect(try refusal(try pair.token(kid: "any"), by: mixed) == .unknownKey)
        #expect(try refusal(try pair.token(kid: "other"), by: mixed) == .badSignature)
        #expect(try refusal(try pair.token(kid: nil), by: mixed) == nil)
    }

    private static let otherAlgorithms: [(String, TokenError)] = [
        ("RS256", .badSignature), ("none", .algorithmRefused), ("PS256", .algorithmRefused),
    ]

    /// A public key must not pass for a secret: HMACs made with every form of the RSA key that an attacker has.
    @Test func refusesAlgorithmConfusion() async throws {
        let entry = try await KeyPair.rs256().entry()
        let keys = try await keySet([entry]).keys
        let key = try Insecure.RSA.PublicKey(modulus: RFC.modulus, exponent: "AQAB")
        let forms = [
            Array(key.pemRepresentation.utf8), Array(key.derRepresentation), Array(RFC.modulus.utf8),
            Array(entry.utf8), Array(#"{"keys":[\#(entry)]}"#.utf8),
        ]
        for form in forms {
            let confused = forge(header: #"{"alg":"HS256","kid":"rsa"}"#, secret: form)
            #expect(try refusal(confused, by: keys) == .algorithmRefused)
            #expect(try refusal(confused, by: keys + [try await hs256()]) == .badSignature)
            #expect(try refusal(forge(secret: form), by: keys + [try await hs256()]) == .badSignature)
            for (name, error) in Self.otherAlgorithms {
                let named = forge(header: #"{"alg":"\#(name)","kid":"rsa"}"#, secret: form)
                #expect(try refusal(named, by: keys) == error)
            }
        }
    }

    // MARK: Comparing

    @Test func tellsWhetherKeysChanged() async throws {
        let (one, two) = (try await KeyPair.es256(id: "a"), try await KeyPair.es256(id: "b"))
        let set = try await keySet([one.entry(), two.entry()])
        #expect(set.hasSameKeys(as: try await keySet([one.entry(#","use":"sig","alg":"ES256""#), two.entry()])))
        #expect(set.hasSameKeys(as: try await keySet([one.entry(), #"{"kty":"AKP"}"#, two.entry()])))
        #expect(!set.hasSameKeys(as: try await keySet([one.entry()])))
        #expect(!set.hasSameKeys(as: try await keySet([one.entry(), "{\(two.members)}"])))
        #expect(!set.hasSameKeys(as: try await keySet([one.entry(), try await KeyPair.es256(id: "b").entry()])))
    }
}
