import Foundation
import LocalServers
import TestSupport
import Testing

/// Nodes of the role `play`, and what clients ask of them.
extension Cluster {
    /// A deployment with play nodes, one API node and one persister.
    ///
    /// - Parameters:
    ///   - nodes: how many play nodes.
    ///   - gateways: gateways without a database.
    ///   - environment: additional settings of every node.
    ///   - redisEnvironment: additional variables of redis-server.
    static func withPlay(
        nodes: Int = 2, gateways: Int = 0, environment: [String: String] = [:],
        redisEnvironment: [String: String] = [:], _ body: (Cluster) async throws -> Void
    ) async throws {
        var plan = Plan()
        (plan.apis, plan.gateways, plan.persisters) = (1, 0, 1)
        plan.durability = .always
        (plan.environment, plan.redisEnvironment) = (environment, redisEnvironment)
        try await run(plan) { cluster in
            for _ in 0..<nodes { try await cluster.startNode("play") }
            let blind = ["SCORECAST_POSTGRES_URL": "postgresql://nobody@127.0.0.1:1/nothing"]
            for _ in 0..<gateways { try await cluster.startNode("gateway", with: blind) }
            try await body(cluster)
        }
    }

    /// The running nodes with the role `play`.
    var plays: [ScorecastProcess] { nodes(withRoles: "play") }

    /// The port of a play node that runs.
    func play(_ index: Int = 0) throws -> Int {
        let ports = plays.map(\.port)
        try #require(!ports.isEmpty, "no play node runs")
        return ports[index % ports.count]
    }

    /// Sends a request of a user to a play node.
    func play(
        _ method: String, _ target: String, _ json: String? = nil, user: String, role: String? = nil, node: Int = 0
    ) async throws -> TinyHTTP.Response {
        try await call(
            method, target, json, bearer: credentials.token(user, role: role), port: try play(node))
    }

    /// Sets what tasks of a type earn.
    func setRate(_ type: String, points: Int, coins: Int) async throws {
        let answer = try await play(
            "PUT", "/task-points/\(type)", #"{"points":\#(points),"coins":\#(coins)}"#, user: "root", role: "admin")
        try #require(answer.status == 200 || answer.status == 201, "\(answer.text)")
    }

    /// Makes a badge for the first task.
    func makeBadge(_ id: String, _ rule: String) async throws {
        let answer = try await play(
            "PUT", "/badges/\(id)", #"{"name":"\#(id)","description":"","icon":"","rule":\#(rule)}"#, user: "root",
            role: "admin")
        try #require(answer.status == 200 || answer.status == 201, "\(answer.text)")
    }

    /// Makes a task, and returns its id.
    func makeTask(_ user: String, type: String = "walk", node: Int = 0) async throws -> String {
        let answer = try await play("POST", "/tasks", #"{"title":"A walk","type":"\#(type)"}"#, user: user, node: node)
        try #require(answer.status == 201, "\(answer.text)")
        let body = try answer.json
        return try #require(body["task"]?["id"]?.string ?? body["id"]?.string, "\(answer.text)")
    }

    /// Completes a task until the answer is final, on any node that runs: nodes may die meanwhile.
    func complete(_ task: String, user: String) async throws -> JSON {
        var final = JSON.null
        try await eventually("task \(task) of \(user) is completed", timeout: .seconds(60)) {
            let answer = try await play(
                "POST", "/tasks/complete", #"{"task_id":"\#(task)"}"#, user: user, node: Int.random(in: 0..<2))
            guard answer.status == 200 else { throw Unexpected(text: "\(answer.status): \(answer.text)") }
            let body = try answer.json
            guard body["pending"] != true else { return false }
            final = body
            return true
        }
        return final
    }

    /// A number that Postgres knows.
    func count(_ sql: String) async throws -> Int { Int(try await ledger.rows(sql).first ?? "") ?? -1 }
}

extension JSON {
    /// The object without a member.
    func without(_ name: String) -> JSON {
        guard case .object(var members) = self else { return self }
        members[name] = nil
        return .object(members)
    }
}
