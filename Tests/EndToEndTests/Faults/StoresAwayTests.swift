import Foundation
import LocalServers
import TestSupport
import Testing

extension EndToEnd {
    /// Nodes that start while a store is away, or before the tables are there.
    @Suite("Stores that are away")
    struct StoresAway {
        private static func reasons(_ node: ScorecastProcess) async throws -> [String] {
            let answer = try await TinyHTTP.request(port: node.port, "/readyz")
            return try answer.json["reasons"]?.array?.compactMap(\.string) ?? []
        }

        /// Starts a whole node, and waits until each part that is not ready gives this reason.
        private static func expect(_ reason: String, redis: String, postgres: String) async throws {
            var environment = Credentials().environment
            environment["SCORECAST_REDIS_URL"] = redis
            environment["SCORECAST_POSTGRES_URL"] = postgres
            let node = try ScorecastProcess.launch(["serve"], environment: environment)
            try await eventually("each part says: \(reason)") {
                let found = try await Self.reasons(node)
                return ["gateway", "persister"].allSatisfy { found.contains("\($0): \(reason)") }
            }
            let found = try await Self.reasons(node)
            #expect(!found.joined().contains("127.0.0.1") && !found.joined().contains("secret"), "\(found)")
            #expect(found.contains { $0.hasPrefix("api: ") })
            if !reason.hasPrefix("Redis") { #expect(found.contains("api: \(reason)"), "\(found)") }
            await node.kill()
        }

        @Test("/readyz names the store that is away, and what to do", .timeLimit(.minutes(2)))
        func readiness() async throws {
            let nowhere = "127.0.0.1:1"
            try await withPrivateRedis { redis in
                try await withPrivatePostgres { postgres in
                    try await Self.expect(
                        "Postgres cannot be reached: 'scorecast doctor' says why", redis: redis.url,
                        postgres: "postgresql://u:secret@\(nowhere)/x")
                    try await Self.expect(
                        "tables are missing in Postgres: run 'scorecast migrate'", redis: redis.url,
                        postgres: postgres.url)
                    let migrated = try await ScorecastProcess.run(
                        ["migrate"], environment: ["SCORECAST_POSTGRES_URL": postgres.url])
                    #expect(migrated.code == 0)
                    try await Self.expect(
                        "Redis cannot be reached: 'scorecast doctor' says why", redis: "redis://:secret@\(nowhere)",
                        postgres: postgres.url)
                }
            }
        }

        @Test("if Redis is away, the log does not say that messages get lost on their way", .timeLimit(.minutes(2)))
        func canary() async throws {
            var plan = Cluster.Plan()
            (plan.apis, plan.gateways, plan.persisters) = (1, 1, 0)
            try await Cluster.run(plan) { cluster in
                let gateway = cluster.gateways[0]
                await cluster.redis.stop()
                try await eventually("the gateway says so") {
                    gateway.log.contains("Redis accepts no messages, so watchers get no changes")
                }
                #expect(!gateway.log.contains("do not arrive"))
            }
        }
    }
}
