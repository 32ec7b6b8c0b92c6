import Foundation
import LocalServers
import TestSupport
import Testing

extension EndToEnd {
    /// Nodes with the role `accounts` alone, with the real cost of hashes.
    @Suite("Nodes for accounts")
    struct AccountNodes {
        private static let password = "a long pass\u{e9}word"

        private func post(
            _ node: ScorecastProcess, _ path: String, _ json: String, token: String? = nil
        ) async throws -> TinyHTTP.Response {
            try await TinyHTTP.post(
                port: node.port, path, json: json, headers: token.map { [("Authorization", "Bearer \($0)")] } ?? [],
                timeout: .seconds(60))
        }

        private func text(_ answer: TinyHTTP.Response, _ member: String) throws -> String {
            try #require(try answer.json[member]?.string, "\(answer.text)")
        }

        @Test("they need no action keys, and API nodes take their tokens", .timeLimit(.minutes(3)))
        func alone() async throws {
            var plan = Cluster.Plan()
            (plan.apis, plan.gateways, plan.persisters) = (1, 0, 0)
            plan.environment = ["SCORECAST_LOG_LEVEL": "trace"]
            try await Cluster.run(plan) { cluster in
                let without = ["SCORECAST_ACTION_KEYS": ""]
                let nodes = [
                    try await cluster.startNode("accounts", with: without),
                    try await cluster.startNode("accounts", with: without),
                ]
                let body = #"{"username":"Ada","password":"\#(Self.password)"}"#
                let made = try await post(nodes[0], "/auth/register", body)
                try #require(made.status == 201, "\(made.text)")
                let id = try #require(try made.json["user"]?["id"]?.string)
                #expect(try await post(nodes[1], "/auth/register", body).status == 409)
                let (first, access) = (try text(made, "refresh_token"), try text(made, "access_token"))
                #expect(try await cluster.update(id, token: access).status == 200)
                #expect(try await cluster.update("somebody", token: access).status == 403)
                #expect(try await post(nodes[0], "/update-score", "{}", token: access).status == 404)

                let login = try await post(nodes[1], "/auth/login", body)
                #expect(login.status == 200 && login.header("cache-control") == "no-store")
                let second = try await post(nodes[1], "/auth/refresh", #"{"refresh_token":"\#(first)"}"#)
                #expect(second.status == 200)
                #expect(try await post(nodes[0], "/auth/refresh", #"{"refresh_token":"\#(first)"}"#).status == 401)
                let last = try text(second, "refresh_token")
                #expect(try await post(nodes[1], "/auth/refresh", #"{"refresh_token":"\#(last)"}"#).status == 401)

                // The limits are those of all nodes together.
                let wrong = #"{"username":"ada","password":"wrong"}"#
                var statuses: [Int] = []
                // A slow machine takes longer for a hash than the first waits are.
                while statuses.last != 429, statuses.count < 12 {
                    statuses.append(try await post(nodes[statuses.count % 2], "/auth/login", wrong).status)
                }
                #expect(statuses.count >= 6 && statuses.count < 12, "\(statuses)")
                #expect(statuses.dropLast().allSatisfy { $0 == 401 }, "\(statuses)")

                let secrets = [
                    Self.password, String(first.dropFirst(4)), String(last.dropFirst(4)), access, "$scrypt$",
                ]
                for node in nodes {
                    let metrics = try await TinyHTTP.request(port: node.port, "/metrics").text
                    #expect(metrics.contains("scorecast_auth_total{"))
                    let log = try String(contentsOfFile: node.logPath, encoding: .utf8)
                    #expect(!log.isEmpty)
                    for secret in secrets { #expect(!(log + metrics).contains(secret)) }
                    #expect(await node.terminate() == 0)
                }
            }
        }

        @Test("while a store is away nobody gets in, and nothing counts as a guess", .timeLimit(.minutes(3)))
        func storesAway() async throws {
            var plan = Cluster.Plan()
            (plan.apis, plan.gateways, plan.persisters) = (1, 0, 0)
            try await Cluster.run(plan) { cluster in
                let node = try await cluster.startNode("accounts")
                let body = #"{"username":"Ada","password":"\#(Self.password)"}"#
                #expect(try await post(node, "/auth/register", body).status == 201)
                await cluster.postgres.stop()
                for _ in 0..<7 {
                    let answer = try await post(node, "/auth/login", body)
                    #expect(answer.status == 503 && answer.text.contains("\"unavailable\""), "\(answer.text)")
                }
                try await cluster.postgres.restart()
                try await eventually("Ada logs in") { try await post(node, "/auth/login", body).status == 200 }
                await cluster.redis.stop()
                let answer = try await post(node, "/auth/login", body)
                #expect(answer.status == 503 && answer.text.contains("\"unavailable\""), "\(answer.text)")
            }
        }
    }
}
