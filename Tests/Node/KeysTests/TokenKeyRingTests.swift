import Foundation
import Keys
import Logging
import NodeTestSupport
import Settings
import Signing
import Telemetry
import TestSupport
import Testing

/// The deployment's own token keys in a node's key ring.
@Suite("The token keys of a node")
struct TokenKeyRingTests {
    private let log = CapturedLog()
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func configuration(_ tokenKeys: String, secret: Bool = false) async throws -> NodeConfiguration {
        var environment = ["SCORECAST_TOKEN_KEYS": tokenKeys, "SCORECAST_JWT_AUDIENCE": "game"]
        environment["SCORECAST_JWT_SECRET"] = secret ? Fixture.jwtSecret : nil
        return try await NodeConfiguration.load(environment: environment)
    }

    private func token(_ ring: KeyRing, session: SessionID? = nil) throws -> String {
        try #require(ring.signer).sign(sub: "u1", issuedAt: now, expiresAt: now + 60_000, session: session)
    }

    private func header(_ token: String) throws -> String {
        let part = try #require(token.split(separator: ".").first)
        let padded =
            part.replacing("-", with: "+").replacing("_", with: "/")
            + String(repeating: "=", count: (4 - part.count % 4) % 4)
        return String(decoding: try #require(Data(base64Encoded: String(padded))), as: UTF8.self)
    }

    @Test("the first key signs, for our own issuer and the configured audience, and nodes with the public half verify")
    func signing() async throws {
        let ring = try await KeyRing(
            try await configuration("t2:\(TokenKeys.p256),t1:\(TokenKeys.ed25519)", secret: true))
        let session = SessionID.random()
        let token = try token(ring, session: session)
        #expect(try header(token) == #"{"alg":"ES256","typ":"JWT","kid":"t2"}"#)
        for keys in ["t2:\(TokenKeys.p256Public)", "t1:\(TokenKeys.ed25519Public),t2:\(TokenKeys.p256Public)"] {
            let other = try await KeyRing(try await configuration(keys))
            #expect(other.signer == nil)
            let claims = try #require(other.tokens).verify(token, now: now)
            #expect(claims.session == session && claims.subject == "u1")
        }
        #expect(
            String(decoding: ring.publicKeys.json, as: UTF8.self).contains(#""kid":"t2","alg":"ES256","use":"sig""#))
    }

    @Test("the secret signs if there are no token keys, and a public key first lets nothing sign")
    func secret() async throws {
        var plain = NodeConfiguration()
        plain.jwtSecret = Secret(Fixture.jwtSecret)
        let ring = try await KeyRing(plain)
        #expect(try header(try token(ring)) == #"{"alg":"HS256","typ":"JWT"}"#)
        #expect(String(decoding: ring.publicKeys.json, as: UTF8.self) == #"{"keys":[]}"#)
        let mixed = "t1:\(TokenKeys.ed25519Public),t2:\(TokenKeys.p256)"
        let verifying = try await KeyRing(try await configuration(mixed, secret: true))
        #expect(verifying.signer == nil)
        #expect(verifying.tokens?.refusal(try token(ring)) == .wrongAudience)
        #expect(try await KeyRing(NodeConfiguration()).signer == nil)
    }

    @Test("a rotation: no token is refused, until its key is removed; then it ends at once, in caches too")
    func rotation() async throws {
        let path = try folder.file("node.yaml", "")
        func write(_ keys: String) throws {
            _ = try folder.file("node.yaml", "token_keys: \(keys)\njwt_secret: \(Fixture.jwtSecret)\n")
        }
        let (old, new) = ("old:\(TokenKeys.ed25519)", "new:\(TokenKeys.p256)")
        try write(old)
        let configuration = try await NodeConfiguration.load(environment: ["SCORECAST_CONFIG": path])
        let ring = try await KeyRing(configuration)
        let cached = CachedTokenVerifier(verifier: try #require(ring.tokens))
        let reload = KeyReload(ring: ring, source: nil, logger: log.logger) { () async throws(ConfigurationError) in
            try await configuration.loadedAgain()
        }
        func reloaded(_ keys: String) async throws {
            try write(keys)
            await reload.reload()
            cached.verifier = try #require(ring.tokens)
        }
        let first = try token(ring)
        #expect(try cached.verify(first, now: now).subject == "u1")

        try await reloaded("\(old),\(new)")
        #expect(try header(try token(ring)).contains(#""kid":"old""#))
        try await reloaded("\(new),\(old)")
        let second = try token(ring)
        #expect(try header(second).contains(#""kid":"new""#))
        for token in [first, second] { #expect(try cached.verify(token, now: now).subject == "u1") }

        try await reloaded(new)
        #expect(throws: TokenError.unknownKey) { try cached.verify(first, now: now) }
        #expect(try cached.verify(second, now: now).subject == "u1")
        #expect(!String(decoding: ring.publicKeys.json, as: UTF8.self).contains("old"))

        // Keys that cannot be used change nothing.
        try await reloaded("\(new),broken:sesame")
        #expect(try cached.verify(second, now: now).subject == "u1")
        #expect(log.texts.contains { $0.contains("stay") && $0.contains("SCORECAST_TOKEN_KEYS") })
        #expect(log.texts.contains { $0.contains("read again") && $0.contains(#"["new","old"]"#) }, "\(log.texts)")
        let leaks = Fixture.leaks + [TokenKeys.ed25519, TokenKeys.p256]
        #expect(!log.texts.contains { text in leaks.contains { text.contains($0) } })
    }

    @Test("an issuer of somebody else's keys is told apart from ours by the key, with one kid in both sets")
    func foreign() async throws {
        let one = SigningKey("t1")
        var configuration = try await configuration("t1:\(TokenKeys.ed25519)")
        configuration.jwtAudience = nil
        configuration.jwtName = "idp"
        let ring = try await KeyRing(configuration)
        try ring.replace(keySet: try await KeySet(Array(keySetDocument(one).utf8)))
        let verifier = try #require(ring.tokens)
        #expect(try verifier.verify(try one.token(), now: now).subject == "idp:u1")
        #expect(try verifier.verify(try token(ring), now: now).subject == "u1")
    }
}
