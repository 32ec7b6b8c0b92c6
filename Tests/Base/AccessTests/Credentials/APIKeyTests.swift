import Access
import Basics
import HTTPKit
import NIOCore
import NIOHTTP1
import NIOPosix
import Signing
import Testing

/// API keys on a node: those that exist are taken from either field, and nothing else is.
@Suite struct APIKeyTests {
    private static let now: Int64 = 1_790_000_000_000
    private static let loop = MultiThreadedEventLoopGroup.singleton.any()

    private static func randomKey() -> String {
        APIKeyHash.prefix + withUnsafeBytes(of: SIMD4<UInt64>.random(in: .min ... .max)) { Base64.encodeURL($0) }
    }

    private static func record(
        _ key: String, _ id: String, role: Role = .service, scopes: Scopes = .all, expiresAt: Int64? = nil
    ) throws -> APIKeyRecord {
        let hash = try #require(Array(key.utf8).withUnsafeBytes { APIKeyHash(ofKey: $0) })
        return APIKeyRecord(id: id, hash: hash, role: role, scopes: scopes, expiresAt: expiresAt)
    }

    private static func tokens(_ keys: [APIKeyRecord], isKnown: Bool = true) -> TokenVerifiers {
        let tokens = TokenVerifiers(verifier: nil, group: MultiThreadedEventLoopGroup.singleton, now: { now })
        var news = CredentialBook.News()
        news.keys = keys
        news.knownUntil = isKnown ? Int64.max : nil
        tokens.apply(news)
        return tokens
    }

    /// The subject of the bearer, or the code of the error.
    private static func outcome(_ tokens: TokenVerifiers, _ fields: [(String, String)]) -> String {
        do throws(APIError) {
            return try tokens.claims(of: HTTPHeaders(fields), on: loop).subject
        } catch {
            return error.code.rawValue
        }
    }

    private static func onLoop<T: Sendable>(_ body: @escaping @Sendable () throws -> T) async throws -> T {
        try await loop.submit(body).get()
    }

    @Test func aKeyIsTakenFromEitherFieldButNotFromBoth() async throws {
        let key = Self.randomKey()
        let tokens = Self.tokens([try Self.record(key, "k1")])
        let rows: [(fields: [(String, String)], outcome: String)] = [
            ([("X-API-Key", key)], "key:k1"), ([("x-api-key", key + " \t")], "key:k1"),
            ([("Authorization", "Bearer \(key)")], "key:k1"), ([("authorization", "bearer  \(key)")], "key:k1"),
            ([("Accept", "*/*"), ("User-Agent", "a"), ("X-API-Key", key), ("Host", "h")], "key:k1"),
            ([("X-API-Key", key), ("Authorization", "Bearer \(key)")], "invalid_input"),
            ([("Authorization", "Bearer a.b.c"), ("X-API-Key", key)], "invalid_input"),
            ([("X-API-Key", "")], "unauthorized"), ([("X-API-Key", "Bearer \(key)")], "unauthorized"),
            ([("X-API-Kez", key)], "unauthorized"), ([("Authorization", key)], "unavailable"),
            ([("Authorization", "Bearer \(Self.randomKey())")], "unauthorized"), ([], "unauthorized"),
        ]
        for row in rows {
            #expect(try await Self.onLoop { Self.outcome(tokens, row.fields) } == row.outcome, "\(row.fields)")
        }
        let both = HTTPHeaders(rows[5].fields)
        let error = try await Self.onLoop {
            #expect(throws: APIError.self) { try tokens.claims(of: both, on: Self.loop) }
        }
        #expect(error?.details.map(\.field) == ["X-API-Key"])
        for copied in [[("X-API-Key", key)], [("Authorization", "Bearer \(key)")]] {
            #expect(try BearerToken.ofFields(HTTPHeaders(copied)) == Array(key.utf8))
        }
        #expect(try BearerToken.ofFields(["X-API-Key": "a.b.c"]) == [], "a token there is no key")
        #expect(throws: APIError.self) { try BearerToken.ofFields(both) }
    }

    @Test func aKeyHasItsRoleAndScopesUntilItExpires() async throws {
        let keys = (0..<3).map { _ in Self.randomKey() }
        let tokens = Self.tokens([
            try Self.record(keys[0], "a", role: .admin, scopes: [.boardsRead], expiresAt: Self.now + 1),
            try Self.record(keys[1], "b", role: .service, scopes: .all, expiresAt: Self.now),
        ])
        let claims = try await Self.onLoop { try tokens.claims(of: ["X-API-Key": keys[0]], on: Self.loop) }
        #expect(claims.role == .admin && claims.scopes == [.boardsRead] && claims.expiresAt == Self.now + 1)
        for key in keys[1...] {
            #expect(try await Self.onLoop { Self.outcome(tokens, [("X-API-Key", key)]) } == "unauthorized")
        }
    }

    @Test func noKeyIsTakenWhileTheNodeDoesNotKnow() async throws {
        let key = Self.randomKey()
        let tokens = Self.tokens([try Self.record(key, "k1")], isKnown: false)
        #expect(try await Self.onLoop { Self.outcome(tokens, [("X-API-Key", key)]) } == "unavailable")
        #expect(try await Self.onLoop { Self.outcome(tokens, [("X-API-Key", "nonsense")]) } == "unauthorized")
    }

    @Test func aRevokedKeyEndsATermAndIgnoranceDoesNot() async throws {
        let key = Self.randomKey()
        let record = try Self.record(key, "k1")
        let tokens = Self.tokens([record])
        let text = Array(key.utf8)
        let term = try await Self.onLoop { try tokens.term(of: text, on: Self.loop) }
        func standing() async throws -> TokenTerm.Standing {
            try await Self.onLoop { tokens.standing(of: term, on: Self.loop) }
        }
        #expect(try await standing() != .over)
        var news = CredentialBook.News()
        news.knownUntil = 0
        tokens.apply(news)
        #expect(try await standing() != .over, "an open connection stays")
        let refusal = try await Self.onLoop {
            #expect(throws: TokenRefusal.self) { try tokens.term(of: text, on: Self.loop) }
        }
        #expect(refusal == .notKnown, "a new one does not come in")
        (news.keys, news.knownUntil) = ([], Int64.max)
        tokens.apply(news)
        #expect(try await standing() == .over)
    }

    @Test func aRingHoldsAThousandKeys() throws {
        let keys = (0..<1_001).map { _ in Self.randomKey() }
        let ring = APIKeyRing(try keys.map { try Self.record($0, "k") })
        #expect(ring.count == 1_000)
        #expect(ring.claims(of: try Self.record(keys[999], "k").hash, now: 0) != nil)
        #expect(ring.claims(of: try Self.record(keys[1_000], "k").hash, now: 0) == nil)
    }

    @Test func noneOf100_000MutatedKeysIsAccepted() async throws {
        let keys = (0..<20).map { _ in Self.randomKey() }
        let tokens = Self.tokens(try keys.enumerated().map { try Self.record($1, "k\($0)", role: .admin) })
        let accepted = try await Self.onLoop {
            var generator = SplitMix64(seed: 15)
            var accepted: [String] = []
            for index in 0..<100_000 {
                let key = keys[index % keys.count]
                let mutated = Self.mutate(key, &generator)
                guard mutated != key else { continue }
                let fields =
                    index.isMultiple(of: 2) ? ("X-API-Key", mutated) : ("Authorization", "Bearer \(mutated)")
                let code = Self.outcome(tokens, [fields])
                if code.hasPrefix("key:") { accepted.append(mutated) }
            }
            // The keys themselves are.
            for key in keys where !Self.outcome(tokens, [("X-API-Key", key)]).hasPrefix("key:") {
                accepted.append("refused: \(key)")
            }
            return accepted
        }
        #expect(accepted == [])
    }

    /// A key with a flipped bit, another case, another length, another prefix, or parts of it moved. White space at the
    /// ends is not part of a field's value, so it is not added.
    private static func mutate(_ key: String, _ generator: inout SplitMix64) -> String {
        var bytes = Array(key.utf8)
        let place = Int.random(in: 0..<bytes.count, using: &generator)
        switch Int.random(in: 0..<8, using: &generator) {
        case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<7, using: &generator)
        case 1: bytes.removeLast(bytes.count - place)
        case 2: bytes.append(UInt8.random(in: 0x21..<0x7F, using: &generator))
        case 3:
            let letters = bytes.indices.filter { UInt8(ascii: "A")...UInt8(ascii: "z") ~= bytes[$0] }
            if let letter = letters.randomElement(using: &generator) { bytes[letter] ^= 0x20 }
        case 4: bytes.swapAt(place, Int.random(in: 0..<bytes.count, using: &generator))
        case 5:
            let prefixes = ["SCK_", "sck-", "scr_", "scm_", "", "sck_sck_", "sck"]
            bytes = Array(prefixes[Int.random(in: 0..<prefixes.count, using: &generator)].utf8) + bytes.dropFirst(4)
        case 6: bytes.remove(at: place)
        default: bytes.insert(UInt8.random(in: 0x21..<0x7F, using: &generator), at: place)
        }
        // Text that is not UTF-8 is repaired here, which is a mutation too.
        return String(decoding: bytes, as: UTF8.self).trimmingFieldSpace
    }
}

extension String {
    fileprivate var trimmingFieldSpace: String { String(self[...].withoutSpace) }
}
