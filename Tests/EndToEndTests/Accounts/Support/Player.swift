import Foundation
import TestSupport
import Testing

/// A user with an account, as a client knows it.
struct Player: Sendable {
    let id: String
    let username: String
    var password: String
    var access: String
    var refresh: String

    /// From an answer with tokens.
    init(_ body: JSON, username: String, password: String) throws {
        id = try #require(body["user"]?["id"]?.string)
        access = try #require(body["access_token"]?.string)
        refresh = try #require(body["refresh_token"]?.string)
        self.username = username
        self.password = password
        for secret in [password, access, refresh] { LogSecrets.add(secret) }
    }

    /// The same user after a refresh, whose answer is a pair of tokens alone.
    func with(pair: JSON) throws -> Player {
        var next = self
        next.access = try #require(pair["access_token"]?.string)
        next.refresh = try #require(pair["refresh_token"]?.string)
        for secret in [next.access, next.refresh] { LogSecrets.add(secret) }
        return next
    }

    /// A password that nobody else has.
    static func newPassword() -> String { "pw-" + Credentials.base64URL(Credentials.randomBytes(12)) }

    /// A name that nobody else has.
    static func newName() -> String {
        "t" + Credentials.base64URL(Credentials.randomBytes(9)).replacing("_", with: "a").replacing("-", with: "b")
    }
}

/// Nodes with accounts, and what clients ask of them.
extension Cluster {
    /// The nodes with the role `accounts` alone.
    func accounts(_ index: Int = 0) throws -> Int {
        let ports = nodes(withRoles: "accounts").map(\.port)
        try #require(!ports.isEmpty, "no node has the role accounts")
        return ports[index % ports.count]
    }

    /// A deployment with two nodes of the role `accounts`, two API nodes and a gateway that has no Postgres.
    static func withAccounts(
        _ environment: [String: String] = [:], persisters: Int = 0, _ body: (Cluster) async throws -> Void
    ) async throws {
        var plan = Plan()
        (plan.gateways, plan.persisters) = (0, persisters)
        plan.environment = environment
        try await run(plan) { cluster in
            for _ in 0..<2 { try await cluster.startNode("accounts") }
            try await cluster.startNode(
                "gateway", with: ["SCORECAST_POSTGRES_URL": "postgresql://nobody@127.0.0.1:1/nothing"])
            try await body(cluster)
        }
    }

    /// Sends a request.
    func call(
        _ method: String, _ target: String, _ json: String? = nil, bearer: String? = nil, port: Int? = nil,
        headers more: [(String, String)] = []
    ) async throws -> TinyHTTP.Response {
        var headers = more
        if let bearer { headers.append(("Authorization", "Bearer \(bearer)")) }
        if json != nil { headers.append(("Content-Type", "application/json")) }
        return try await TinyHTTP.request(
            method, port: port ?? accounts(), target, headers: headers, body: json, timeout: .seconds(30))
    }

    /// Registers a user.
    func register(_ name: String = Player.newName(), more: String = "") async throws -> Player {
        let password = Player.newPassword()
        let answer = try await call(
            "POST", "/auth/register", #"{"username":"\#(name)","password":"\#(password)"\#(more)}"#)
        try #require(answer.status == 201, "\(answer.text)")
        return try Player(answer.json, username: name, password: password)
    }

    /// Tries to log in.
    func login(_ name: String, _ password: String, port: Int? = nil) async throws -> TinyHTTP.Response {
        try await call("POST", "/auth/login", #"{"username":"\#(name)","password":"\#(password)"}"#, port: port)
    }

    /// Tries to refresh.
    func refresh(_ token: String, port: Int? = nil) async throws -> TinyHTTP.Response {
        try await call("POST", "/auth/refresh", #"{"refresh_token":"\#(token)"}"#, port: port)
    }

    /// A token of an administrator, which the deployment's secret signs.
    var adminToken: String { credentials.token("root", role: "admin") }
}
