import Basics
import Signing
import Testing

/// Nothing that differs from what was signed is taken: seeded changes of genuine action ids and tokens.
@Suite struct TamperingTests {
    @Test func everyChangeOfAnActionIDIsRefused() throws {
        var generator = SplitMix64(seed: 11)
        let keys = try ActionKeys([
            ("k1", Array("0123456789abcdef0123456789abcdef".utf8)),
            ("k2", Array("fedcba9876543210fedcba9876543210".utf8)),
        ])
        let verifier = ActionIDVerifier(keys: keys)
        let user = Array("user-1".utf8)
        let genuine = try (0..<50).map { number in
            try ActionIDSigner(keys: keys).sign(
                action: "kill\(number % 3)",
                nonce: ActionNonce.random(using: &generator),
                issuedAt: now - Int64(number),
                score: number % 2 == 0 ? nil : Int64(number) * 1_000,
                userID: "user-1"
            )
        }
        for id in genuine { #expect(try verifier.verify(id, userID: "user-1", now: now).keyID == "k1") }
        for round in 0..<Scale.rounds(10_000, full: 1_000_000) {
            let original = Array(genuine[round % genuine.count].utf8)
            let changed =
                round % 4 == 0
                ? Self.withForeignField(genuine, round, using: &generator) : mutated(original, using: &generator)
            guard changed != original else { continue }
            #expect(!Self.isTaken(changed, user, verifier), "\(String(decoding: changed, as: UTF8.self))")
        }
    }

    @Test func everyChangeOfAUserIsRefused() throws {
        var generator = SplitMix64(seed: 12)
        let keys = try ActionKeys([("k1", Array("0123456789abcdef0123456789abcdef".utf8))])
        let verifier = ActionIDVerifier(keys: keys)
        let user = Array("user-1234567890".utf8)
        let id = Array(try ActionIDSigner(keys: keys).sign(action: "a", issuedAt: now, userID: "user-1234567890").utf8)
        #expect(Self.isTaken(id, user, verifier))
        for _ in 0..<Scale.rounds(10_000, full: 100_000) {
            let other = mutated(user, using: &generator)
            guard other != user else { continue }
            #expect(!Self.isTaken(id, other, verifier))
        }
    }

    @Test func everyChangeOfATokenIsRefused() async throws {
        var generator = SplitMix64(seed: 13)
        let key = try await hs256()
        let verifier = try TokenVerifier(keys: [key])
        let cached = CachedTokenVerifier(verifier: verifier)
        let genuine = try (0..<20).map { number in
            try TokenIssuer(key: key).sign(
                sub: "user-\(number)",
                role: Role.allCases[number % 3],
                issuedAt: now,
                expiresAt: now + 600_000
            )
        }
        for token in genuine { #expect(try cached.verify(token, now: now) == verifier.verify(token, now: now)) }
        for round in 0..<Scale.rounds(10_000, full: 100_000) {
            let original = Array(genuine[round % genuine.count].utf8)
            let changed =
                round % 4 == 0
                ? Self.withForeignField(genuine, round, using: &generator) : mutated(original, using: &generator)
            guard !genuine.contains(where: { $0.utf8.elementsEqual(changed) }) else { continue }
            changed.withUnsafeBytes { bytes in
                let reason = thrown { () throws(TokenError) in try verifier.verify(bytes, now: now) }
                #expect(reason != nil, "\(String(decoding: changed, as: UTF8.self))")
                #expect(thrown { () throws(TokenError) in try cached.verify(bytes, now: now) } == reason)
            }
        }
        #expect(cached.cache.count == genuine.count)
    }

    /// Every single bit of a token and of an action id counts.
    @Test func everySingleBitCounts() async throws {
        let verifier = try TokenVerifier(keys: [try await hs256()])
        let token = Array(forge().utf8)
        for place in token.indices {
            for bit in 0..<8 {
                var changed = token
                changed[place] ^= 1 << UInt8(bit)
                let isTaken = changed.withUnsafeBytes { bytes in
                    thrown { () throws(TokenError) in try verifier.verify(bytes, now: now) } == nil
                }
                #expect(!isTaken, "bit \(bit) of byte \(place)")
            }
        }
    }

    private static func isTaken(_ id: [UInt8], _ user: [UInt8], _ verifier: ActionIDVerifier) -> Bool {
        id.withUnsafeBytes { id in
            user.withUnsafeBytes { user in
                thrown { () throws(ActionIDError) in try verifier.verify(id, userID: user, now: now) } == nil
            }
        }
    }

    /// One text with one of its fields (parts between dots) taken from another; the same text if both agree there.
    private static func withForeignField(
        _ genuine: [String],
        _ round: Int,
        using generator: inout SplitMix64
    ) -> [UInt8] {
        var fields = genuine[round % genuine.count].split(separator: ".")
        let others = genuine[Int.random(in: 0..<genuine.count, using: &generator)].split(separator: ".")
        let index = Int.random(in: 0..<fields.count, using: &generator)
        fields[index] = others[index]
        return Array(fields.joined(separator: ".").utf8)
    }
}
