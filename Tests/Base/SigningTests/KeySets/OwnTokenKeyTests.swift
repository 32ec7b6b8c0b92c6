import Crypto
import Signing
import Testing

/// Keys of the deployment's own, as DER.
@Suite struct OwnTokenKeyTests {
    @Test(arguments: [
        (OwnKeys.ed25519, "EdDSA", true), (OwnKeys.ed25519Public, "EdDSA", false), (OwnKeys.p256, "ES256", true),
        (OwnKeys.p256Public, "ES256", false), (OwnKeys.p256WithoutPublic, "ES256", true),
    ])
    func readsKeys(_ text: String, _ algorithm: String, _ isPrivate: Bool) throws {
        let key = try OwnKeys.key("t1", text)
        #expect(key.id == "t1" && key.algorithm == algorithm && key.isPrivate == isPrivate)
    }

    @Test func readsEd25519KeysOfVersionTwo() async throws {
        let (seed, point) = (Array(1...32).map { UInt8($0) }, try #require(OwnKeys.point(ofSeed: Array(1...32))))
        let head: [UInt8] = [
            0x30, 0x51, 0x02, 0x01, 0x01, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
        ]
        #expect(try OwnTokenKey(id: "t1", der: head + seed + [0x81, 0x21, 0x00] + point).isPrivate)
        // A public key that is not that of the private one.
        var other = point
        other[0] ^= 1
        let mismatch = head + seed + [0x81, 0x21, 0x00] + other
        #expect(throws: OwnTokenKeyError.notAKey) { try OwnTokenKey(id: "t1", der: mismatch) }
    }

    /// The library would take some of these for keys of the right kind, since they are of the right length.
    @Test(arguments: OwnKeys.others)
    func refusesOtherKeys(_ name: String, _ text: String) {
        #expect(throws: OwnTokenKeyError.notAKey, "\(name)") { try OwnKeys.key("t1", text) }
    }

    @Test func refusesWhatIsCutOrChanged() throws {
        for text in [OwnKeys.ed25519, OwnKeys.ed25519Public, OwnKeys.p256, OwnKeys.p256Public] {
            let der = bytes(text)
            for count in 0..<der.count {
                #expect(throws: OwnTokenKeyError.notAKey) { try OwnTokenKey(id: "t1", der: Array(der.prefix(count))) }
            }
            #expect(throws: OwnTokenKeyError.notAKey) { try OwnTokenKey(id: "t1", der: der + [0]) }
        }
        // Not a point of the curve, and the points of an Ed25519 key that anybody can sign for.
        var point = bytes(OwnKeys.p256Public)
        point[point.count - 1] ^= 1
        #expect(throws: OwnTokenKeyError.notAKey) { try OwnTokenKey(id: "t1", der: point) }
        let weak = bytes(OwnKeys.ed25519Public).prefix(12) + [1] + Array(repeating: 0, count: 31)
        #expect(throws: OwnTokenKeyError.weak) { try OwnTokenKey(id: "t1", der: Array(weak)) }
        // The private key 0.
        var zero = bytes(OwnKeys.p256WithoutPublic)
        for index in zero.indices.suffix(32) { zero[index] = 0 }
        #expect(throws: OwnTokenKeyError.notAKey) { try OwnTokenKey(id: "t1", der: zero) }
    }

    @Test(arguments: ["", "a b", "a.b", "a:b", "é", String(repeating: "x", count: 65)])
    func refusesIDs(_ id: String) {
        #expect(throws: OwnTokenKeyError.invalidID) { try OwnKeys.key(id, OwnKeys.ed25519) }
    }

    @Test func signsWithPrivateKeysOnly() async throws {
        for (text, publicText) in [
            (OwnKeys.ed25519, OwnKeys.ed25519Public), (OwnKeys.p256, OwnKeys.p256Public),
            (OwnKeys.p256WithoutPublic, OwnKeys.p256WithoutPublic),
        ] {
            let key = try await OwnKeys.key("t1", text).tokenKey
            let publicKey = try await OwnKeys.key("t1", publicText).tokenKey
            let token = try TokenIssuer(key: key, issuer: "me", audience: "you").sign(
                sub: "u1", issuedAt: now, expiresAt: now + 60_000)
            let verifier = try TokenVerifier(keys: [publicKey], issuer: "me", audience: "you")
            #expect(try verifier.verify(token, now: now).subject == "u1")
            // 64 bytes: of ES256 r and s, not a DER sequence (RFC 7518 section 3.4).
            #expect(bytes(token.split(separator: ".").map(String.init)[2]).count == 64)
            guard text != publicText else { continue }
            #expect(throws: TokenIssuerError.cannotSign) {
                try TokenIssuer(key: publicKey).sign(sub: "u1", issuedAt: now, expiresAt: now + 60_000)
            }
        }
    }

    /// What anybody may read of the keys. The numbers are those of RFC 8037 appendix A.2 and RFC 7517 appendix A.2.
    @Test func writesTheKeySet() async throws {
        let keys = [
            try OwnKeys.key("t2", OwnKeys.ed25519), try OwnKeys.key("t1", OwnKeys.p256),
            try OwnKeys.key("t0", OwnKeys.ed25519Public),
        ]
        let ed25519 = #""kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo""#
        let p256 =
            #""kty":"EC","crv":"P-256","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4","#
            + #""y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM""#
        let document = JWKSDocument(keys)
        #expect(
            String(decoding: document.json, as: UTF8.self)
                == #"{"keys":[{\#(ed25519),"kid":"t2","alg":"EdDSA","use":"sig"},"#
                + #"{\#(p256),"kid":"t1","alg":"ES256","use":"sig"},"#
                + #"{\#(ed25519),"kid":"t0","alg":"EdDSA","use":"sig"}]}"#
        )
        #expect(String(decoding: JWKSDocument([]).json, as: UTF8.self) == #"{"keys":[]}"#)
        // Another deployment can take it as its key set.
        let set = try await KeySet(document.json)
        #expect(set.keys.map(\.id) == ["t2", "t1", "t0"] && set.skipped.isEmpty)
        let token = try TokenIssuer(key: try await keys[1].tokenKey).sign(
            sub: "u1", issuedAt: now, expiresAt: now + 60_000)
        #expect(try TokenVerifier(keys: [], foreignKeys: set.keys).verify(token, now: now).subject == "u1")
    }

    @Test func showsNoKey() throws {
        for text in [OwnKeys.ed25519, OwnKeys.p256] {
            let key = try OwnKeys.key("t1", text)
            var dumped = ""
            dump([key], to: &dumped)
            #expect(Mirror(reflecting: key).children.map(\.label) == ["id", "algorithm"])
            for shown in ["\(key)", String(reflecting: key), dumped] {
                #expect(shown.contains("t1") && !shown.contains("9d61") && !shown.contains("157, 97"))
            }
        }
        #expect(Set([OwnTokenKeyError.invalidID, .notAKey, .weak].map { "\($0)" }).count == 3)
    }
}
