import Basics
import Signing
import Testing

/// Keys that a key set must not hold, and those that are left out of it.
@Suite struct KeySetRefusalTests {
    private static let x = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
    private static let ed = #""kty":"OKP","crv":"Ed25519","x":"\#(x)""#
    private static let ecPoint = """
        "x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"
        """
    private static let rsa = #""kty":"RSA","e":"AQAB","n":"\#(RFC.modulus)""#

    /// A modulus of `count` bytes, which begin with `zeros` zeros.
    private static func modulus(_ count: Int, zeros: Int = 0, first: UInt8 = 0xFF) -> String {
        base64URL(Array(repeating: 0, count: zeros) + [first] + Array(repeating: 0xFF, count: count - zeros - 1))
    }

    // MARK: Left out

    private static let skipped: [(String, KeySet.Reason)] = [
        (#"{"kty":"AKP","alg":"ML-DSA-44","pub":"AAAA"}"#, .unknownType), (#"{"kty":"oct"}"#, .unknownType),
        (#"{"kty":"rsa"}"#, .unknownType), (#"{"kty":5}"#, .malformed), ("{}", .malformed),
        (#"{\#(ed),"use":"enc"}"#, .notForVerification), (#"{\#(ed),"use":"SIG"}"#, .notForVerification),
        (#"{\#(ed),"use":null}"#, .malformed), (#"{\#(ed),"use":["sig"]}"#, .malformed),
        (#"{\#(ed),"key_ops":["encrypt"]}"#, .notForVerification), (#"{\#(ed),"key_ops":[]}"#, .notForVerification),
        (#"{\#(ed),"use":"enc","key_ops":["verify"]}"#, .notForVerification),
        (#"{\#(ed),"key_ops":"verify"}"#, .malformed), (#"{\#(ed),"key_ops":["verify",1]}"#, .malformed),
        (#"{\#(ed),"alg":"HS256"}"#, .otherAlgorithm), (#"{\#(ed),"alg":"none"}"#, .otherAlgorithm),
        (#"{\#(ed),"alg":"RS256"}"#, .otherAlgorithm), (#"{\#(ed),"alg":1}"#, .malformed),
        (#"{\#(rsa),"alg":"ES256"}"#, .otherAlgorithm), (#"{\#(rsa),"alg":"PS256"}"#, .otherAlgorithm),
        (#"{\#(rsa),"alg":"RS512"}"#, .otherAlgorithm), (#"{\#(rsa),"alg":"RSA-OAEP"}"#, .otherAlgorithm),
        (#"{"kty":"EC","crv":"P-256",\#(ecPoint),"alg":"RS256"}"#, .otherAlgorithm),
        (#"{"kty":"EC","crv":"P-384",\#(ecPoint)}"#, .otherCurve), (#"{"kty":"EC",\#(ecPoint)}"#, .malformed),
        (#"{"kty":"EC","crv":"secp256k1",\#(ecPoint)}"#, .otherCurve),
        (#"{"kty":"EC","crv":"Ed25519",\#(ecPoint)}"#, .otherCurve),
        (#"{"kty":"OKP","crv":"X25519","x":"\#(x)"}"#, .otherCurve),
        (#"{"kty":"OKP","crv":"Ed448","x":"\#(x)"}"#, .otherCurve),
        (#"{"kty":"OKP","crv":"P-256","x":"\#(x)"}"#, .otherCurve),
        (#"{"kty":"OKP","crv":"Ed25519"}"#, .malformed), (#"{"kty":"OKP","crv":"Ed25519","x":"\#(x)="}"#, .malformed),
        (#"{"kty":"OKP","crv":"Ed25519","x":"\#(x.dropLast())p"}"#, .malformed),
        (#"{"kty":"OKP","crv":"Ed25519","x":"AAAA"}"#, .malformed),
        // One byte less in x and one more in y: the same length together.
        (#"{"kty":"EC","crv":"P-256","x":"\#(modulus(31))","y":"\#(modulus(33))"}"#, .malformed),
        // A point that is not on the curve.
        (#"{"kty":"EC","crv":"P-256","x":"\#(x)","y":"\#(x)"}"#, .unusable),
        (#"{\#(ed),"kid":7}"#, .malformed), (#"{\#(ed),"kid":"\#(String(repeating: "k", count: 257))"}"#, .malformed),
        (#"{"kty":"RSA","e":"AQAB"}"#, .malformed), (#"{"kty":"RSA","n":"\#(RFC.modulus)"}"#, .malformed),
        (#"{"kty":"RSA","n":"\#(RFC.modulus)","e":""}"#, .malformed),
        (#"{"kty":"RSA","n":"\#(RFC.modulus)","e":"AQ"}"#, .weak),
        (#"{"kty":"RSA","n":"\#(RFC.modulus)","e":"Ag"}"#, .weak),
        (#"{"kty":"RSA","e":"AQAB","n":"\#(modulus(128))"}"#, .wrongSize),
        // 2047 bits, and 1024 bits that zeros make look like more.
        (#"{"kty":"RSA","e":"AQAB","n":"\#(modulus(256, first: 0x7F))"}"#, .wrongSize),
        (#"{"kty":"RSA","e":"AQAB","n":"\#(modulus(328, zeros: 200))"}"#, .wrongSize),
        (#"{"kty":"RSA","e":"AQAB","n":"\#(modulus(1_025))"}"#, .wrongSize),
    ]

    @Test(arguments: skipped)
    func leavesOut(_ entry: String, _ reason: KeySet.Reason) async throws {
        let good = try await KeyPair.es256(id: "good")
        let set = try await keySet([entry, good.entry()])
        #expect(set.keys.map(\.id) == ["good"])
        #expect(set.skipped == [.init(number: 1, reason: reason)])
        let alone = await #expect(throws: KeySetError.noUsableKey([.init(number: 1, reason: reason)])) {
            try await keySet([entry])
        }
        #expect(alone?.description.contains(reason.rawValue) == true)
    }

    @Test(arguments: [
        "{\(ed)}", #"{\#(ed),"use":"sig","key_ops":["sign","verify"],"alg":"EdDSA"}"#,
        #"{\#(rsa),"alg":"RS256","x5c":["MIIB"],"x5t":"AA","ext":true}"#,
        #"{"kty":"EC","crv":"P-256",\#(ecPoint),"alg":"ES256","kid":""}"#,
        #"{"kty":"RSA","e":"AAEAAQ","n":"\#(base64URL([0] + bytes(RFC.modulus)))"}"#,
        #"{\#(ed),"alg":"Ed25519"}"#,
        // Not a private member of this type: `p` belongs to RSA.
        #"{\#(ed),"p":"AAAA"}"#,
    ])
    func takes(_ entry: String) async throws {
        let set = try await keySet([entry])
        #expect(set.keys.count == 1)
        #expect(set.skipped.isEmpty)
    }

    // MARK: Refused as a whole

    @Test(arguments: [
        #"{\#(ed),"d":"AAAA"}"#, #"{"kty":"EC","crv":"P-256",\#(ecPoint),"d":"AAAA"}"#, #"{\#(rsa),"d":"AAAA"}"#,
        #"{\#(rsa),"p":"AAAA"}"#, #"{\#(rsa),"dp":"AAAA"}"#, #"{\#(rsa),"oth":[]}"#, #"{\#(rsa),"qi":null}"#,
        #"{"kty":"oct","k":"AAAA","alg":"HS256"}"#, #"{\#(ed),"d":"AAAA","use":"enc"}"#,
        #"{"kty":"OKP","crv":"X25519","x":"\#(x)","d":"AAAA"}"#,
    ])
    func refusesPrivateKeys(_ entry: String) async throws {
        let good = try await KeyPair.es256(id: "good").entry()
        let error = await #expect(throws: KeySetError.privateKey(number: 2)) { try await keySet([good, entry]) }
        #expect(error?.description.contains("private key") == true)
        #expect(error?.description.contains("AAAA") == false)
    }

    @Test func refusesDuplicateIDs() async throws {
        let pairs = [try await KeyPair.es256(id: "a"), try await .edDSA(id: "b"), try await .edDSA(id: "a")]
        await #expect(throws: KeySetError.duplicateID(number: 3)) { try await keySet(pairs.map { $0.entry() }) }
        // The same bytes only: these two look the same. And a key that is left out takes no id.
        let composed = try await KeyPair.edDSA(id: "\u{E9}").entry()
        let decomposed = try await KeyPair.edDSA(id: "e\u{301}").entry()
        let encrypting = pairs[0].entry(#","use":"enc""#)
        #expect(try await keySet([composed, decomposed, encrypting, pairs[2].entry()]).keys.count == 3)
        #expect(try await keySet(["{\(pairs[1].members)}", "{\(pairs[2].members)}"]).keys.count == 2)
    }

    @Test(arguments: [
        "[]", "{}", #"{"keys":{}}"#, #"{"keys":null}"#, #"{"keys":["a"]}"#, #"{"keys":[[]]}"#, #"{"key":[]}"#, "1",
    ])
    func refusesWhatIsNoKeySet(_ document: String) async throws {
        await #expect(throws: KeySetError.notAKeySet) { try await KeySet(Array(document.utf8)) }
    }

    @Test(arguments: [
        "", "<html>", #"{"keys":[]"#, #"{"keys":[],"keys":[]}"#, #"{"keys":[]} x"#, "\u{FEFF}{}",
        String(repeating: "[", count: 100_000),
    ])
    func refusesWhatIsNoStrictJSON(_ document: String) async throws {
        let error = await #expect(throws: KeySetError.self) { try await KeySet(Array(document.utf8)) }
        guard case .malformed? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func limitsSizeAndCount() async throws {
        await #expect(throws: KeySetError.noUsableKey([])) { try await keySet([]) }
        let members = try await KeyPair.edDSA().members
        let entries = (0..<KeySet.keysMax).map { #"{"kid":"\#($0)",\#(members)}"# }
        let set = try await keySet(entries)
        #expect(set.keys.count == KeySet.keysMax)
        // With a secret beside it, it is not too much for a verifier.
        #expect(throws: Never.self) { try TokenVerifier(keys: set.keys) }
        let secret = try await hs256()
        #expect(throws: Never.self) { try TokenVerifier(keys: set.keys + [secret]) }
        await #expect(throws: KeySetError.tooManyKeys) { try await keySet(entries + [#"{"kty":"AKP"}"#]) }

        let document = Array(#"{"keys":[{\#(members)}]}"#.utf8)
        let fill = { (size: Int) in document + Array(repeating: UInt8(ascii: " "), count: size - document.count) }
        #expect(try await KeySet(fill(KeySet.bytesMax)).keys.count == 1)
        await #expect(throws: KeySetError.tooLarge) { try await KeySet(fill(KeySet.bytesMax + 1)) }
    }

    @Test("There is an answer to any text of a server, and no key comes out that was not put in")
    func survivesMutations() async throws {
        var generator = SplitMix64(seed: 7)
        let entries = try await KeyPair.all().map { $0.entry(#","use":"sig""#) }
        let document = Array(#"{"keys":[\#(entries.joined(separator: ","))]}"#.utf8)
        var outcomes: [Bool: Int] = [:]
        for _ in 0..<Scale.rounds(300, full: 20_000) {
            let set = try? await KeySet(mutated(document, using: &generator))
            outcomes[set != nil, default: 0] += 1
            if let set { #expect(set.keys.count + set.skipped.count == 3) }
        }
        #expect(outcomes[true, default: 0] > 0)
        #expect(outcomes[false, default: 0] > 0)
    }
}
