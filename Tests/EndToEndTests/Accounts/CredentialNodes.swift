import Crypto
import Foundation
import LocalServers
import TestSupport
import Testing

/// A deployment of two API nodes and a gateway without a database, and what each of them says of a credential: the
/// status with which it answers a read of a private board, or a stream of one.
struct CredentialNodes: Sendable {
    let cluster: Cluster

    /// A token or an API key, and the field that it is shown in.
    struct Credential: Sendable, CustomStringConvertible {
        let fields: [(String, String)]
        let description: String

        static func token(_ token: String, _ description: String = "a token") -> Credential {
            Credential(fields: [("Authorization", "Bearer \(token)")], description: description)
        }

        static func apiKey(_ key: String) -> Credential {
            Credential(fields: [("X-API-Key", key)], description: "an API key")
        }
    }

    /// How long nodes may take to refuse or to accept.
    static let reach = Duration.seconds(2) + EndToEnd.machineSlack

    static func run(_ body: (CredentialNodes) async throws -> Void) async throws {
        var plan = Cluster.Plan()
        (plan.apis, plan.gateways, plan.persisters) = (2, 0, 1)
        try await Cluster.run(plan) { cluster in
            let blind = ["SCORECAST_POSTGRES_URL": "postgresql://nobody@127.0.0.1:1/nothing"]
            try await cluster.startNode("gateway", with: blind)
            try await cluster.makeBoard("club", #"{"visibility":"private"}"#)
            try await cluster.makeAction("club", on: ["club"])
            try await cluster.score("ann", "club")
            let nodes = CredentialNodes(cluster: cluster)
            try await nodes.allAnswer(200, .token(cluster.credentials.token("anybody")), within: .seconds(10))
            try await body(nodes)
        }
    }

    // MARK: Credentials

    /// A new session, and a token of it as the accounts module makes them.
    func session() -> (id: String, credential: Credential) {
        let id = Credentials.base64URL(Credentials.randomBytes(16))
        var claims = cluster.credentials.claims("ann")
        (claims["iss"], claims["sid"]) = ("scorecast", .string(id))
        return (id, .token(cluster.credentials.jwt(claims: claims), "a token of session \(id)"))
    }

    /// Ends a session in Postgres only, as another node would that dies right after its commit.
    func end(_ session: String) async throws {
        _ = try await cluster.ledger.rows("INSERT INTO ended_sessions (session_id) VALUES ('\(session)')")
    }

    /// Makes an API key in Postgres only.
    func makeKey(_ id: String, scopes: String = "scores:read,boards:read") async throws -> String {
        let key = "sck_" + Credentials.base64URL(Credentials.randomBytes(32))
        let hash = SHA256.hash(data: Array(key.utf8)).map { String(format: "%02x", $0) }.joined()
        _ = try await cluster.ledger.rows(
            """
            INSERT INTO api_keys (key_id, name, key_hash, role, scopes, created_by)
            VALUES ('\(id)', 'test', decode('\(hash)', 'hex'), 'service', '{\(scopes)}', 'test')
            """)
        return key
    }

    // MARK: Answers

    /// The ports of all nodes that look at tokens.
    var ports: [(port: Int, isGateway: Bool)] {
        cluster.apis.map { ($0.port, false) } + cluster.gateways.map { ($0.port, true) }
    }

    /// The status with which a node answers; 0 if it did not.
    static func status(_ node: (port: Int, isGateway: Bool), _ credential: Credential) async -> Int {
        guard node.isGateway else {
            let answer = try? await TinyHTTP.request(
                port: node.port, "/leaderboard?board=club", headers: credential.fields)
            return answer?.status ?? 0
        }
        return await Blocking.statusOfStream(port: node.port, credential.fields)
    }

    /// The status of each node.
    func statuses(_ credential: Credential) async -> [Int] {
        var statuses: [Int] = []
        for node in ports { statuses.append(await Self.status(node, credential)) }
        return statuses
    }

    /// Waits until all nodes answer with a status.
    func allAnswer(_ status: Int, _ credential: Credential, within time: Duration = reach) async throws {
        var last: [Int] = []
        do {
            try await eventually("all nodes answer \(credential) with \(status)", timeout: time) {
                last = await statuses(credential)
                return last.allSatisfy { $0 == status }
            }
        } catch {
            Issue.record("\(credential): \(last), not \(status)")
            throw error
        }
    }

    /// Asks all nodes while `body` runs, and expects nothing but refusals.
    func neverAccepted(_ credential: Credential, while body: () async throws -> Void) async throws {
        let watch = Task {
            var seen: [Int: Int] = [:]
            while !Task.isCancelled {
                for status in await statuses(credential) { seen[status, default: 0] += 1 }
                try? await Task.sleep(for: .milliseconds(20))
            }
            return seen
        }
        let result: Result<Void, any Error>
        do { result = .success(try await body()) } catch { result = .failure(error) }
        watch.cancel()
        let seen = await watch.value
        #expect(seen.keys.allSatisfy { [0, 401, 503].contains($0) }, "\(seen)")
        #expect((seen[401] ?? 0) > 0)
        try result.get()
    }
}

extension Blocking {
    /// The status with which a gateway answers a stream of the private board.
    fileprivate static func statusOfStream(port: Int, _ fields: [(String, String)]) async -> Int {
        let lines = fields.map { "\($0.0): \($0.1)\r\n" }.joined()
        let head = "GET /sse/scoreboard?board=club HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\n\(lines)\r\n"
        let status = try? await run { () -> Int in
            let socket = try LoopbackSocket(port: port, timeout: .seconds(5))
            try socket.send(Array(head.utf8))
            let text = String(decoding: try socket.receive() ?? [], as: UTF8.self)
            return Int(text.split(separator: " ").dropFirst().first ?? "") ?? 0
        }
        return status ?? 0
    }
}
