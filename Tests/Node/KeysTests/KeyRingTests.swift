import Keys
import Logging
import NodeTestSupport
import Settings
import Signing
import Synchronization
import Telemetry
import TestSupport
import Testing

/// The keys of a node, and how they are replaced.
@Suite("The keys of a node")
struct KeyRingTests {
    private let one = SigningKey("one")
    private let two = SigningKey("two")

    private func configuration(secret: String? = Fixture.jwtSecret, actionKey: String = "k1") -> NodeConfiguration {
        var configuration = NodeConfiguration()
        configuration.jwtSecret = secret.map { Secret($0) }
        configuration.actionKeys = [ActionKeySetting(id: actionKey, key: Secret(Array(repeating: 7, count: 32)))]
        return configuration
    }

    private func keySet(_ document: String) async throws -> KeySet { try await KeySet(Array(document.utf8)) }

    private func hs256Token(_ secret: String) async throws -> String {
        try TokenIssuer(key: try await TokenKey.hs256(secret: Array(secret.utf8))).sign(
            sub: "u1", issuedAt: now, expiresAt: now + 60_000)
    }

    private func actionID(_ keyID: String) throws -> String {
        let keys = try ActionKeys([(id: keyID, key: Array(repeating: 7, count: 32))])
        return try ActionIDSigner(keys: keys).sign(action: "kill", issuedAt: now, userID: "u1")
    }

    @Test("checks tokens of the secret and of the key set at the same time")
    func both() async throws {
        let ring = try await KeyRing(configuration())
        let token = try await hs256Token(Fixture.jwtSecret)
        #expect(ring.tokens?.refusal(token) == nil)
        #expect(ring.tokens?.refusal(try one.token()) == .unknownKey)
        try ring.replace(keySet: try await keySet(keySetDocument(one)))
        #expect(ring.tokens?.refusal(token) == nil)
        #expect(ring.tokens?.refusal(try one.token()) == nil)
    }

    @Test("has no verifier while there is no key")
    func empty() async throws {
        let ring = try await KeyRing(NodeConfiguration())
        #expect(ring.tokens == nil)
        #expect(ring.actionIDs == nil)
        try ring.replace(keySet: try await keySet(keySetDocument(one)))
        #expect(ring.tokens?.refusal(try one.token()) == nil)
    }

    @Test("refuses tokens of a removed key at once, including cached ones")
    func removal() async throws {
        let ring = try await KeyRing(configuration())
        try ring.replace(keySet: try await keySet(keySetDocument(one, two)))
        let cached = CachedTokenVerifier(verifier: try #require(ring.tokens))
        let secretToken = try await hs256Token(Fixture.jwtSecret)
        for token in [try one.token(), try two.token(), secretToken] { _ = try cached.verify(token, now: now) }
        #expect(cached.cache.count == 3)

        try ring.replace(keySet: try await keySet(keySetDocument(two)))
        cached.verifier = try #require(ring.tokens)
        #expect(throws: TokenError.unknownKey) { try cached.verify(try one.token(), now: now) }
        #expect(try cached.verify(try two.token(), now: now).subject == "u1")

        let other = String(repeating: "o", count: 32)
        try ring.replace(secrets: try await KeyRing.Secrets(configuration(secret: other)))
        cached.verifier = try #require(ring.tokens)
        #expect(throws: TokenError.badSignature) { try cached.verify(secretToken, now: now) }
        #expect(try cached.verify(try await hs256Token(other), now: now).subject == "u1")
        #expect(try cached.verify(try two.token(), now: now).subject == "u1")
    }

    @Test("replaces action keys, and keeps the times")
    func actionKeys() async throws {
        var start = configuration()
        start.actionMaxAge = .seconds(10)
        let ring = try await KeyRing(start)
        let (first, second) = (try actionID("k1"), try actionID("k2"))
        #expect(try ring.actionIDs?.verify(first, userID: "u1", now: now).action == "kill")
        try ring.replace(secrets: try await KeyRing.Secrets(configuration(actionKey: "k2")))
        let verifier = try #require(ring.actionIDs)
        #expect(throws: ActionIDError.unknownKey) { try verifier.verify(first, userID: "u1", now: now) }
        #expect(try verifier.verify(second, userID: "u1", now: now).action == "kill")
        #expect(throws: ActionIDError.expired) { try verifier.verify(second, userID: "u1", now: now + 10_001) }
    }

    @Test("passes every change to followers in order, beginning with the initial state")
    func followers() async throws {
        let ring = try await KeyRing(configuration())
        let generations = Mutex<[UInt64?]>([])
        let actions = Mutex(0)
        ring.followTokens { verifier in generations.withLock { $0.append(verifier?.generation) } }
        ring.followActionIDs { _ in actions.withLock { $0 += 1 } }
        let sets = [try await keySet(keySetDocument(one)), try await keySet(keySetDocument(two))]
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<100 { group.addTask { try ring.replace(keySet: sets[index % 2]) } }
            try await group.waitForAll()
        }
        #expect(generations.withLock { $0 } == (0...100).map { UInt64($0) })
        #expect(actions.withLock { $0 } == 101)
    }
}

/// Reading the keys again.
@Suite("Reading the keys of a configuration again")
struct KeyReloadTests {
    private let folder: TemporaryFolder
    private let log = CapturedLog()
    private let newSecret = "new-sesame-0123456789abcdef0123456789abcdef"

    init() throws { folder = try TemporaryFolder() }

    private func write(secret: String, actionKeys: String) throws -> String {
        try folder.file("node.yaml", "jwt_secret: \(secret)\naction_keys: \(actionKeys)\nhttp_port: 8080\n")
    }

    private func load(_ path: String) async throws -> NodeConfiguration {
        try await NodeConfiguration.load(
            environment: [
                "SCORECAST_CONFIG": path, "SCORECAST_REDIS_URL": Fixture.redisURL,
                "SCORECAST_POSTGRES_URL": Fixture.postgresURL, "SCORECAST_JWT_ISSUER": "me", "SOMETHING": "else",
            ], roles: .all)
    }

    private func reload(_ ring: KeyRing, _ configuration: NodeConfiguration) -> KeyReload {
        KeyReload(ring: ring, source: nil, logger: log.logger) { () async throws(ConfigurationError) in
            try await configuration.loadedAgain(roles: .all)
        }
    }

    private func token(_ secret: String) async throws -> String {
        try TokenIssuer(key: try await TokenKey.hs256(secret: Array(secret.utf8))).sign(
            sub: "u1", issuedAt: now, expiresAt: now + 60_000, issuer: "me")
    }

    @Test("takes new secrets from the files as they are at that moment")
    func newSecrets() async throws {
        let path = try write(secret: Fixture.jwtSecret, actionKeys: "k1:\(Fixture.actionKey)")
        let configuration = try await load(path)
        let ring = try await KeyRing(configuration)
        let reload = reload(ring, configuration)
        _ = try write(secret: newSecret, actionKeys: "k2:\(Fixture.actionKey),k1:\(Fixture.actionKey)")
        #expect(ring.tokens?.refusal(try await token(Fixture.jwtSecret)) == nil)
        await reload.reload()
        #expect(ring.tokens?.refusal(try await token(Fixture.jwtSecret)) == .badSignature)
        #expect(ring.tokens?.refusal(try await token(newSecret)) == nil)
        #expect(log.texts.contains { $0.contains("read again") && $0.contains(#"["k2","k1"]"#) }, "\(log.texts)")
        #expect(!log.texts.contains { text in (Fixture.leaks + [newSecret]).contains { text.contains($0) } })
    }

    @Test("ignores a configuration with problems, and logs all of them")
    func problems() async throws {
        let path = try write(secret: Fixture.jwtSecret, actionKeys: "k1:\(Fixture.actionKey)")
        let configuration = try await load(path)
        let ring = try await KeyRing(configuration)
        let generation = ring.tokens?.generation
        _ = try write(secret: "short", actionKeys: "k1:sesame!")
        await reload(ring, configuration).reload()
        #expect(ring.tokens?.generation == generation)
        #expect(ring.tokens?.refusal(try await token(Fixture.jwtSecret)) == nil)
        for key in ["SCORECAST_JWT_SECRET", "SCORECAST_ACTION_KEYS"] {
            #expect(log.texts.contains { $0.contains("stay") && $0.contains(key) })
        }
        #expect(!log.texts.contains { $0.contains("sesame") })
    }

    @Test("a configuration that the program created does not change")
    func ofTheProgram() async throws {
        var configuration = NodeConfiguration()
        configuration.jwtSecret = Secret(Fixture.jwtSecret)
        let ring = try await KeyRing(configuration)
        await reload(ring, configuration).reload()
        #expect(ring.tokens?.refusal(try await token(Fixture.jwtSecret)) == nil)
    }
}

extension CapturedLog {
    /// A logger that writes to this log.
    var logger: Logger { Logger(label: "test") { JSONLogHandler(label: $0, sink: self.sink) } }
}
