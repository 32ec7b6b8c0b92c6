import Crypto
import Foundation
import Synchronization
import TestSupport
import Testing

extension EndToEnd {
    @Suite("Keys that change while a node runs")
    struct KeyRotation {
        @Test(
            "after SIGHUP the new secret and action keys are valid, the old ones are not, and no update is lost",
            .timeLimit(.minutes(2)))
        func secretAndActionKeys() async throws {
            let (old, new) = (Credentials(), Credentials())
            let file = try KeyFile(secret: old.jwtSecret, actionKeys: ["k1": old.actionKey])
            try await Cluster.run(file.plan(old)) { cluster in
                let node = try #require(cluster.apis.first)
                let oracle = Oracle()
                let clients = RotatingClients(port: node.port, old: old, new: new, oracle: oracle)
                try await clients.run {
                    try await eventually("updates are acknowledged") { oracle.count > 100 }

                    // Both action keys are valid, and the secret is different.
                    try file.write(secret: new.jwtSecret, actionKeys: ["k2": new.actionKey, "k1": old.actionKey])
                    node.signal(SIGHUP)
                    try await eventually("the new secret holds") { try await Self.status(cluster, token: new) == 404 }
                    try await eventually("the old secret does not") {
                        try await Self.status(cluster, token: old) == 401
                    }
                    for _ in 0..<20 {
                        #expect(try await Self.status(cluster, token: new) == 404)
                        #expect(try await Self.status(cluster, token: old) == 401)
                    }

                    // All clients use the new action key, so the old one can be removed.
                    clients.useNewActionKey()
                    try await eventually("no update with the old action key is under way") { clients.oldUpdates == 0 }
                    let before = oracle.count
                    try await eventually("updates go on") { oracle.count > before + 100 }
                    try file.write(secret: new.jwtSecret, actionKeys: ["k2": new.actionKey])
                    node.signal(SIGHUP)
                    try await eventually("the old action key does not hold") {
                        try await Self.update(cluster, id: old.actionID("probe", "gone"), token: new).status == 403
                    }
                    for _ in 0..<20 {
                        let answer = try await Self.update(cluster, id: old.actionID("probe", "gone"), token: new)
                        #expect(ErrorForm.fault(in: answer, status: 403, code: "suspicious_activity") == nil)
                    }
                    let last = oracle.count
                    try await eventually("updates go on") { oracle.count > last + 100 }
                }
                #expect(clients.refusals > 0, "no client met the change of the secret")
                try await cluster.expectExactly(oracle)
            }
        }

        @Test("a configuration with mistakes changes nothing, and the log reports all of them", .timeLimit(.minutes(1)))
        func mistakes() async throws {
            let credentials = Credentials()
            let file = try KeyFile(secret: credentials.jwtSecret, actionKeys: ["k1": credentials.actionKey])
            try await Cluster.run(file.plan(credentials)) { cluster in
                let node = try #require(cluster.apis.first)
                try file.write(text: "jwt_secret: short\naction_keys: k1\nno_such_setting: 1\n")
                node.signal(SIGHUP)
                let names = ["SCORECAST_JWT_SECRET", "SCORECAST_ACTION_KEYS", "no_such_setting"]
                try await eventually("every mistake is logged") { names.allSatisfy { node.log.contains($0) } }
                #expect(node.isRunning)
                #expect(try await cluster.update("u1").status == 200)
                // After it is corrected, it takes effect.
                let new = Credentials()
                try file.write(secret: new.jwtSecret, actionKeys: ["k1": credentials.actionKey])
                node.signal(SIGHUP)
                try await eventually("the new secret holds") { try await Self.status(cluster, token: new) == 404 }
            }
        }

        @Test(
            "tokens of a key set in a file are accepted along with those of the secret, until their key is removed",
            .timeLimit(.minutes(1)))
        func keySet() async throws {
            let credentials = Credentials()
            let (one, two) = (ProviderKey("one"), ProviderKey("two"))
            let file = try KeyFile(secret: credentials.jwtSecret, actionKeys: ["k1": credentials.actionKey])
            let keys = try KeySetFile(one)
            var plan = file.plan(credentials)
            plan.environment["SCORECAST_JWT_JWKS"] = keys.path
            try await Cluster.run(plan) { cluster in
                let node = try #require(cluster.apis.first)
                #expect(try await Self.status(cluster, token: try one.token("probe")) == 404)
                #expect(try await Self.status(cluster, token: credentials) == 404)
                // The token names an unknown key, so the node reads the file at once, without a signal.
                try keys.write(one, two)
                try await eventually("a new key is found") {
                    try await Self.status(cluster, token: try two.token("probe")) == 404
                }
                #expect(try await Self.status(cluster, token: try one.token("probe")) == 404)
                try keys.write(two)
                node.signal(SIGHUP)
                try await eventually("the old key is gone") {
                    try await Self.status(cluster, token: try one.token("probe")) == 401
                }
                #expect(try await Self.status(cluster, token: try two.token("probe")) == 404)
                #expect(try await Self.status(cluster, token: credentials) == 404)
                // Text that is not a key set is ignored.
                try keys.write(text: "<html>")
                node.signal(SIGHUP)
                try await eventually("it is logged") { node.log.contains("stay in force") }
                #expect(try await Self.status(cluster, token: try two.token("probe")) == 404)
            }
        }

        @Test("a node does not start on a key set with private keys, and says so", .timeLimit(.minutes(1)))
        func privateKeys() async throws {
            let credentials = Credentials()
            let keys = try KeySetFile(ProviderKey("one"))
            try keys.write(text: #"{"keys":[{"kty":"OKP","crv":"Ed25519","x":"AAAA","d":"BBBB"}]}"#)
            let environment = credentials.environment.merging(
                [
                    "SCORECAST_JWT_JWKS": keys.path, "SCORECAST_REDIS_URL": "redis://127.0.0.1:1",
                    "SCORECAST_POSTGRES_URL": "postgresql://127.0.0.1:1/none",
                ]) { $1 }
            let outcome = try await ScorecastProcess.run(["serve", "--roles", "api"], environment: environment)
            #expect(outcome.code != 0)
            #expect(
                outcome.errors.contains("SCORECAST_JWT_JWKS") && outcome.errors.contains("private key"),
                "\(outcome.errors)")
        }

        @Test(
            "check says which keys a file has, which it leaves out and why, and what is wrong", .timeLimit(.minutes(1)))
        func check() async throws {
            let (one, two) = (ProviderKey("one"), ProviderKey("two"))
            let keys = try KeySetFile(one)
            try keys.write(one, two)
            let environment = Credentials().environment.merging(
                [
                    "SCORECAST_JWT_JWKS": keys.path, "SCORECAST_REDIS_URL": "redis://127.0.0.1:1",
                    "SCORECAST_POSTGRES_URL": "postgresql://127.0.0.1:1/none",
                ]) { $1 }
            let good = try await ScorecastProcess.run(["check"], environment: environment)
            #expect(good.code == 0, "\(good.errors)")
            #expect(good.output.contains("\"one\"") && good.output.contains("\"two\""), "\(good.output)")
            let shortRSA = #"{"kty":"RSA","kid":"old","n":"AQAB","e":"AQAB"}"#
            try keys.write(text: #"{"keys":[\#(one.entry),\#(two.entry),\#(shortRSA)]}"#)
            let mixed = try await ScorecastProcess.run(["check"], environment: environment)
            #expect(mixed.code == 0 && mixed.output.contains("left out: key 3 (wrong_size)"), "\(mixed.output)")
            for (text, reason) in [
                ("<html>", "cannot be read"), (#"{"keys":[]}"#, "empty"), (#"{"keys":[\#(shortRSA)]}"#, "wrong_size"),
                (#"{"keys":[{"kty":"OKP","crv":"Ed25519","x":"AAAA","d":"BBBB"}]}"#, "private key"),
            ] {
                try keys.write(text: text)
                let outcome = try await ScorecastProcess.run(["check"], environment: environment)
                #expect(outcome.code == 78)
                #expect(
                    outcome.errors.contains("SCORECAST_JWT_JWKS") && outcome.errors.contains(reason),
                    "\(outcome.errors)")
            }
        }

        @Test("a node whose key set is not available yet starts anyway, and answers 503", .timeLimit(.minutes(1)))
        func keySetAway() async throws {
            var plan = Cluster.Plan()
            (plan.apis, plan.gateways, plan.persisters) = (1, 0, 0)
            try await Cluster.run(plan) { cluster in
                var environment = cluster.environment
                environment["SCORECAST_JWT_SECRET"] = ""
                environment["SCORECAST_JWT_JWKS"] = "https://127.0.0.1:1/keys"
                let node = try ScorecastProcess.launch(["serve", "--roles", "api"], environment: environment)
                try await eventually("it listens, and says what is missing") {
                    let answer = try await TinyHTTP.request(port: node.port, "/readyz")
                    return answer.status == 503 && answer.text.contains("no token keys yet")
                }
                let body = Update.body(user: "u1", id: cluster.credentials.actionID("u1"))
                let token = [("Authorization", "Bearer \(cluster.credentials.token("u1"))")]
                let answer = try await TinyHTTP.post(port: node.port, "/update-score", json: body, headers: token)
                #expect(ErrorForm.fault(in: answer, status: 503, code: "unavailable") == nil)
                #expect(try await TinyHTTP.post(port: node.port, "/update-score", json: body).status == 401)
                let metrics = try await TinyHTTP.request(port: node.port, "/metrics").text
                #expect(!metrics.contains(#"scorecast_jwks_refreshes_total{outcome="unreachable"} 0"#))
                #expect(metrics.contains(#"scorecast_jwks_refreshes_total{outcome="unreachable"} "#))
                #expect(await node.terminate() == 0)
            }
        }

        // MARK: Requests that change nothing

        /// Returns the status of an update with an unknown action: 404 if token and action id are good, 401 if the
        /// token is not.
        private static func status(_ cluster: Cluster, token: Credentials) async throws -> Int {
            try await update(cluster, id: cluster.credentials.actionID("probe", "gone"), token: token).status
        }

        private static func status(_ cluster: Cluster, token: String) async throws -> Int {
            let body = Update.body(user: "probe", id: cluster.credentials.actionID("probe", "gone"))
            return try await cluster.post(body, token: token).status
        }

        private static func update(_ cluster: Cluster, id: String, token: Credentials) async throws -> TinyHTTP.Response
        {
            try await cluster.post(Update.body(user: "probe", id: id), token: token.token("probe"))
        }
    }
}

/// The configuration file of a node, with its keys.
private struct KeyFile {
    let path: String

    init(secret: String, actionKeys: KeyValuePairs<String, [UInt8]>) throws {
        path = try makeTestFolder("keys") + "/node.yaml"
        try write(secret: secret, actionKeys: actionKeys)
    }

    func write(secret: String, actionKeys: KeyValuePairs<String, [UInt8]>) throws {
        let keys = actionKeys.map { "\($0.key):\(Data($0.value).base64EncodedString())" }.joined(separator: ",")
        try write(text: "jwt_secret: \"\(secret)\"\naction_keys: \"\(keys)\"\n")
    }

    /// Replaces the file as a whole, as an operator should.
    func write(text: String) throws { try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic) }

    /// Returns a plan with one API node that reads its keys from the file. Empty variables count as not set.
    func plan(_ credentials: Credentials) -> Cluster.Plan {
        var plan = Cluster.Plan()
        plan.apis = 1
        plan.gateways = 0
        plan.credentials = credentials
        plan.environment = ["SCORECAST_CONFIG": path, "SCORECAST_JWT_SECRET": "", "SCORECAST_ACTION_KEYS": ""]
        return plan
    }
}

/// A file with a key set.
private struct KeySetFile {
    let path: String

    init(_ key: ProviderKey) throws {
        path = try makeTestFolder("keys") + "/jwks.json"
        try write(key)
    }

    func write(_ keys: ProviderKey...) throws {
        try write(text: #"{"keys":[\#(keys.map(\.entry).joined(separator: ","))]}"#)
    }

    func write(text: String) throws { try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic) }
}

/// An Ed25519 key of an identity provider (RFC 8037).
private struct ProviderKey: Sendable {
    let id: String
    private let key = Curve25519.Signing.PrivateKey()

    init(_ id: String) { self.id = id }

    var entry: String {
        let x = Credentials.base64URL(Array(key.publicKey.rawRepresentation))
        return #"{"kty":"OKP","crv":"Ed25519","use":"sig","kid":"\#(id)","x":"\#(x)"}"#
    }

    /// Returns a token that is valid for an hour.
    func token(_ user: String) throws -> String {
        let parts = [#"{"alg":"EdDSA","kid":"\#(id)"}"#, #"{"sub":"\#(user)","exp":\#(Credentials.seconds + 3600)}"#]
        let signed = parts.map { Credentials.base64URL(Array($0.utf8)) }.joined(separator: ".")
        return "\(signed).\(Credentials.base64URL(Array(try key.signature(for: Data(signed.utf8)))))"
    }
}

/// Clients that update scores all the time, and get another token when theirs is refused, as game clients do.
private final class RotatingClients: Sendable {
    private let port: Int
    private let old: Credentials
    private let new: Credentials
    private let oracle: Oracle
    private let isActionKeyNew = Atomic(false)
    private let oldUpdateCount = Atomic(0)
    private let refusalCount = Atomic(0)

    init(port: Int, old: Credentials, new: Credentials, oracle: Oracle) {
        self.port = port
        self.old = old
        self.new = new
        self.oracle = oracle
    }

    /// The number of updates in progress whose action id has the old key.
    var oldUpdates: Int { oldUpdateCount.load(ordering: .sequentiallyConsistent) }
    /// The number of refused tokens.
    var refusals: Int { refusalCount.load(ordering: .relaxed) }

    /// Makes later action ids with the new key.
    func useNewActionKey() { isActionKeyNew.store(true, ordering: .sequentiallyConsistent) }

    /// Runs the clients for as long as `body` runs, but at most a minute.
    func run(isolation: isolated (any Actor)? = #isolation, while body: () async throws -> Void) async throws {
        let flag = StopFlag()
        let deadline = ContinuousClock.now + .seconds(60)
        let threads = Task {
            try await onThreads(8) { number in
                let connection = KeepAliveClient(port: self.port)
                var hasNewToken = false
                while !flag.isSet, ContinuousClock.now < deadline {
                    self.update("u\(number)", connection, &hasNewToken)
                    Thread.sleep(.milliseconds(5))
                }
            }
        }
        let outcome: Result<Void, any Error>
        do { outcome = .success(try await body()) } catch { outcome = .failure(error) }
        flag.set()
        try await threads.value
        try outcome.get()
    }

    private func update(_ user: String, _ connection: KeepAliveClient, _ hasNewToken: inout Bool) {
        // Count first, then read the flag, so that every update with the old key is counted.
        oldUpdateCount.add(1, ordering: .sequentiallyConsistent)
        let isNew = isActionKeyNew.load(ordering: .sequentiallyConsistent)
        if isNew { oldUpdateCount.subtract(1, ordering: .sequentiallyConsistent) }
        defer { if !isNew { oldUpdateCount.subtract(1, ordering: .sequentiallyConsistent) } }
        let id = isNew ? new.actionID(user, keyID: "k2") : old.actionID(user)
        let update = Update(user: user, action: "kill", id: id)
        for _ in 0..<20 {
            do {
                let token = (hasNewToken ? new : old).token(user)
                let answer = try connection.post("/update-score", token: token, json: update.body)
                if answer.status == 200 { return oracle.acknowledge(update, answer, replay: false) }
                guard answer.status == 401 else { return oracle.violation("\(answer.status): \(answer.text)") }
                refusalCount.add(1, ordering: .relaxed)
                hasNewToken.toggle()
            } catch { return oracle.violation("no answer: \(error)") }
        }
        oracle.violation("neither token was taken")
    }
}
