import Basics
import Crypto
import Signing
import Testing

/// Action ids: the form, the signature, the time, the keys.
@Suite struct ActionIDTests {
    /// The published example.
    static let vector = "v1.k1.kill.nonce0001.1790000000000.-.ksg4NVDsMXsfRe0UxmfeIbT7BLwUXKv2hIwn9jA_Yn8"
    static let vectorKey = Array("0123456789abcdef0123456789abcdef".utf8)

    let keys: ActionKeys
    let verifier: ActionIDVerifier

    init() throws {
        keys = try ActionKeys([("k1", Self.vectorKey)])
        verifier = ActionIDVerifier(keys: keys)
    }

    /// An action id with these fields as they are, signed apart from the code under test.
    private func forge(_ signed: String, userID: String = "u1", key: [UInt8] = vectorKey) -> String {
        let message = Array("\(signed)\n\(userID)".utf8)
        return "\(signed).\(base64URL(HMAC<SHA256>.authenticationCode(for: message, using: SymmetricKey(data: key))))"
    }

    private func refusal(_ id: String, userID: String = "u1", now: Int64 = now) -> ActionIDError? {
        thrown { () throws(ActionIDError) in try verifier.verify(id, userID: userID, now: now) }
    }

    @Test func takesThePublishedExample() throws {
        let verified = try verifier.verify(Self.vector, userID: "u1", now: now)
        #expect(verified.keyID == "k1")
        #expect(verified.action == "kill")
        #expect(verified.nonce == "nonce0001")
        #expect(verified.issuedAt == 1_790_000_000_000)
        #expect(verified.score == nil)
        #expect(verified.signature == "ksg4NVDsMXsfRe0UxmfeIbT7BLwUXKv2hIwn9jA_Yn8")
        let signer = ActionIDSigner(keys: keys)
        #expect(try signer.sign(action: "kill", nonce: "nonce0001", issuedAt: now, userID: "u1") == Self.vector)
        let fromText = try ActionKeys(parsing: "k1:MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=")
        #expect(try ActionIDVerifier(keys: fromText).verify(Self.vector, userID: "u1", now: now) == verified)
    }

    @Test func isForOneUserOnly() {
        #expect(refusal(Self.vector, userID: "u2") == .badSignature)
        #expect(refusal(Self.vector, userID: "") == .badSignature)
        #expect(refusal(Self.vector, userID: "u1\n") == .badSignature)
        // Letters that look the same are not the same user.
        let composed = forge("v1.k1.kill.nonce0001.1790000000000.-", userID: "\u{E9}")
        #expect(refusal(composed, userID: "\u{E9}") == nil)
        #expect(refusal(composed, userID: "e\u{301}") == .badSignature)
    }

    @Test func holdsAtBothEdgesOfItsTime() {
        #expect(refusal(Self.vector, now: now - 30_000) == nil)
        #expect(refusal(Self.vector, now: now - 30_001) == .notYetValid)
        #expect(refusal(Self.vector, now: now + 600_000) == nil)
        #expect(refusal(Self.vector, now: now + 600_001) == .expired)
        #expect(refusal(Self.vector, now: 0) == .notYetValid)
        #expect(refusal(Self.vector, now: .max) == .expired)
        #expect(refusal(Self.vector, now: .min) == .notYetValid)
        // The signature comes first: time tells nothing about a forged one.
        #expect(refusal(Self.vector, userID: "u2", now: now + 700_000) == .badSignature)
    }

    @Test func takesOtherTimeLimits() throws {
        let strict = ActionIDVerifier(keys: keys, maxAge: .milliseconds(5), skew: .zero)
        #expect(try strict.verify(Self.vector, userID: "u1", now: now + 5).issuedAt == now)
        #expect(throws: ActionIDError.expired) { try strict.verify(Self.vector, userID: "u1", now: now + 6) }
        #expect(throws: ActionIDError.notYetValid) { try strict.verify(Self.vector, userID: "u1", now: now - 1) }
        let lasting = ActionIDVerifier(keys: keys, maxAge: .seconds(Int64.max), skew: .seconds(-5))
        #expect(try lasting.verify(Self.vector, userID: "u1", now: .max).issuedAt == now)
        #expect(lasting.skew == 0)
    }

    @Test(arguments: [
        "v1.k.a.nonce0001.1790000000000.0", "v1.k1.kill.nonce0001.1790000000000.-5",
        "v1.k1._-_.--------.1790000000000.9",
        "v1.k1.kill.nonce0001.1790000000000.9007199254740992", "v1.k1.kill.nonce0001.1790000000000.-9007199254740992",
    ])
    func takesEveryFieldInForm(_ signed: String) throws {
        let keys = try ActionKeys([("k1", Self.vectorKey), ("k", Self.vectorKey)])
        let verified = try ActionIDVerifier(keys: keys).verify(forge(signed), userID: "u1", now: now)
        let fields = signed.split(separator: ".")
        #expect([verified.keyID, verified.action, verified.nonce] == fields[1...3].map(String.init))
        #expect(verified.score == Int64(fields[5]))
    }

    @Test func takesTheLongestAndNoLonger() throws {
        let keyID = String(repeating: "k", count: 32)
        let name = String(repeating: "a", count: 64)
        let keys = try ActionKeys([(keyID, Self.vectorKey)])
        let id = try ActionIDSigner(keys: keys).sign(
            action: name, nonce: name, issuedAt: 999_999_999_999_999, score: -9_007_199_254_740_992, userID: "u1")
        #expect(id.utf8.count == ActionID.maxBytes)
        let verifier = ActionIDVerifier(keys: keys)
        #expect(try verifier.verify(id, userID: "u1", now: 999_999_999_999_999).action == name)
        #expect(throws: ActionIDError.malformed) { try verifier.verify(id + "A", userID: "u1", now: now) }
        let huge = String(repeating: "v1.k1.", count: 1 << 18)
        #expect(throws: ActionIDError.malformed) { try verifier.verify(huge, userID: "u1", now: now) }
    }

    /// Each is signed properly, so that nothing but its form can be what is wrong.
    @Test(arguments: [
        "v2.k1.kill.nonce0001.1790000000000.-", "V1.k1.kill.nonce0001.1790000000000.-",
        ".k1.kill.nonce0001.1790000000000.-", "v1..kill.nonce0001.1790000000000.-", "v1.k1..nonce0001.1790000000000.-",
        "v1.k1.kill.nonce01.1790000000000.-", "v1.k1.kill.nonce 001.1790000000000.-",
        "v1.k1.kill.nonce+001.1790000000000.-", "v1.k1.kíll.nonce0001.1790000000000.-",
        "v1.k1.kill.nonce0001.01790000000000.-", "v1.k1.kill.nonce0001.+1790000000000.-",
        "v1.k1.kill.nonce0001.-1790000000000.-", "v1.k1.kill.nonce0001.1790000000000000.-",
        "v1.k1.kill.nonce0001..-", "v1.k1.kill.nonce0001.1.79e12.-", "v1.k1.kill.nonce0001.179e10.-",
        "v1.k1.kill.nonce0001. 1790000000000.-", "v1.k1.kill.nonce0001.1790000000000.",
        "v1.k1.kill.nonce0001.1790000000000.--", "v1.k1.kill.nonce0001.1790000000000.-0",
        "v1.k1.kill.nonce0001.1790000000000.00", "v1.k1.kill.nonce0001.1790000000000.05",
        "v1.k1.kill.nonce0001.1790000000000.+5", "v1.k1.kill.nonce0001.1790000000000.-05",
        "v1.k1.kill.nonce0001.1790000000000.9007199254740993", "v1.k1.kill.nonce0001.1790000000000.-9007199254740993",
        "v1.k1.kill.nonce0001.1790000000000.5 ", "v1.k1.kill.nonce0001.1790000000000.٥",
        "v1.k1.kill.nonce0001.1790000000000",
        "v1.k1.kill.nonce0001.1790000000000.-.-", "v1.k1.kill.nonce0001.1790000000000.99999999999999999999",
        "v1.\(String(repeating: "k", count: 33)).kill.nonce0001.1790000000000.-",
        "v1.k1.\(String(repeating: "a", count: 65)).nonce0001.1790000000000.-",
        "v1.k1.kill.\(String(repeating: "n", count: 65)).1790000000000.-", "", "v1", "......",
    ])
    func refusesEveryFieldOutOfForm(_ signed: String) {
        #expect(refusal(forge(signed)) == .malformed)
        #expect(refusal(signed) == .malformed)
    }

    /// Another spelling of the same signature bytes would be a second name for one action.
    @Test func refusesOtherSpellingsOfTheSignature() {
        let body = String(Self.vector.dropLast())
        // The last character holds two spare bits; 8 and its neighbours 9, - and _ decode to the same byte.
        for last in ["9", "-", "_"] { #expect(refusal(body + last) == .badSignature) }
        #expect(refusal(Self.vector + "=") == .malformed)
        #expect(refusal(Self.vector.replacing("_Yn8", with: "/Yn8")) == .badSignature)
        #expect(refusal(Self.vector + "\n") == .malformed)
        #expect(refusal(Self.vector.replacing("ksg4", with: "KSG4")) == .badSignature)
    }

    @Test("While keys change, ids of both are taken")
    func rotatesKeys() throws {
        let old = (id: "k1", key: Self.vectorKey)
        let new = (id: "k2", key: Array("fedcba9876543210fedcba9876543210".utf8))
        let before = try ActionKeys([old])
        let both = try ActionKeys([new, old])
        let after = try ActionKeys([new])
        let oldID = try ActionIDSigner(keys: before).sign(action: "kill", issuedAt: now, userID: "u1")
        let newID = try ActionIDSigner(keys: both).sign(action: "kill", issuedAt: now, userID: "u1")
        #expect(newID.hasPrefix("v1.k2."))
        #expect(try ActionIDVerifier(keys: both).verify(oldID, userID: "u1", now: now).keyID == "k1")
        #expect(try ActionIDVerifier(keys: both).verify(newID, userID: "u1", now: now).keyID == "k2")
        #expect(try ActionIDVerifier(keys: after).verify(newID, userID: "u1", now: now).keyID == "k2")
        #expect(throws: ActionIDError.unknownKey) {
            try ActionIDVerifier(keys: after).verify(oldID, userID: "u1", now: now)
        }
        // The id of one key with the signature of another.
        #expect(throws: ActionIDError.badSignature) {
            try ActionIDVerifier(keys: both).verify(oldID.replacing("v1.k1", with: "v1.k2"), userID: "u1", now: now)
        }
    }

    @Test func signsOnlyWhatCanBeVerified() {
        let signer = ActionIDSigner(keys: keys)
        func refused(
            action: String = "kill", nonce: String = "nonce0001", issuedAt: Int64 = now, score: Int64? = nil
        ) -> ActionIDFieldError? {
            thrown { () throws(ActionIDFieldError) in
                try signer.sign(action: action, nonce: nonce, issuedAt: issuedAt, score: score, userID: "u1")
            }
        }
        #expect(refused() == nil)
        for action in ["", "a.b", "a b", "é", String(repeating: "a", count: 65)] {
            #expect(refused(action: action) == .action)
            #expect(!ActionID.isAction(action))
        }
        for nonce in ["", "1234567", "nonce.001", String(repeating: "a", count: 65)] {
            #expect(refused(nonce: nonce) == .nonce)
            #expect(!ActionID.isNonce(nonce))
        }
        for time in [-1, 1_000_000_000_000_000] as [Int64] { #expect(refused(issuedAt: time) == .issuedAt) }
        for score in [9_007_199_254_740_993, -9_007_199_254_740_993, .max, .min] as [Int64] {
            #expect(refused(score: score) == .score)
        }
    }

    @Test func noncesAreOfTheFormAndNeverTheSame() {
        let nonces = (0..<10_000).map { _ in ActionNonce.random() }
        #expect(nonces.allSatisfy { $0.utf8.count == 22 && ActionID.isNonce($0) })
        #expect(Set(nonces).count == nonces.count)
        var one = SplitMix64(seed: 7)
        var other = SplitMix64(seed: 7)
        #expect(ActionNonce.random(using: &one) == ActionNonce.random(using: &other))
    }

    /// The signature agrees with HMAC-SHA256 made elsewhere, for keys and users of every length around the blocks.
    @Test func signaturesAreThoseOfHMAC() throws {
        for length in [16, 31, 32, 63, 64, 65, 128, 256] {
            let key = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 7) }
            let signer = ActionIDSigner(keys: try ActionKeys([("k", key)]))
            for userLength in [0, 1, 5, 63, 64, 2_000] {
                let user = String(repeating: "u", count: userLength)
                let id = try signer.sign(action: "a", nonce: "nonce0001", issuedAt: now, userID: user)
                #expect(id == forge("v1.k.a.nonce0001.\(now).-", userID: user, key: key))
            }
        }
    }
}
