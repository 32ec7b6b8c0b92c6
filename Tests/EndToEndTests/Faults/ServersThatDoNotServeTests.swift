import Foundation
import LocalServers
import NIOPosix
import TestSupport
import Testing

extension EndToEnd {
    /// A connection that is open does not mean that the server serves.
    @Suite("Servers that do not serve")
    struct ServersThatDoNotServe {
        private static func ready(_ node: ScorecastProcess) async throws -> Bool {
            try await TinyHTTP.request(port: node.port, "/readyz").status == 200
        }

        private static func reasons(_ node: ScorecastProcess) async throws -> String {
            try await TinyHTTP.request(port: node.port, "/readyz").text
        }

        @Test("a Redis failover behind one address: updates count again, and none is lost", .timeLimit(.minutes(2)))
        func redisFailover() async throws {
            var plan = Cluster.Plan()
            (plan.apis, plan.gateways, plan.persisters) = (1, 0, 0)
            try await Cluster.run(plan) { cluster in
                try await withPrivateRedis { second in
                    let other = RedisProbe(port: second.port)
                    _ = try await cluster.probe.command("CONFIG", "SET", "repl-diskless-sync-delay", "0")
                    _ = try await other.command("REPLICAOF", "127.0.0.1", "\(cluster.redis.port)")
                    try await Self.isInStep(other, cluster)
                    let group = MultiThreadedEventLoopGroup.singleton
                    let relay = try await Relay.start(to: [cluster.redis.port], on: group)
                    let node = try await cluster.startNode(
                        "api,gateway,persister", with: ["SCORECAST_REDIS_URL": "redis://127.0.0.1:\(relay.port)"])
                    let watcher = try await WatchingClient.open(port: node.port)
                    #expect(try await Self.update(cluster, node, "u1") == 200)
                    try await Self.isInStep(other, cluster)

                    _ = try await other.command("REPLICAOF", "NO", "ONE")
                    relay.redirect(to: [second.port])
                    _ = try await cluster.probe.command("REPLICAOF", "127.0.0.1", "\(second.port)")
                    try await eventually("updates count again", timeout: .seconds(20)) {
                        try await Self.update(cluster, node, "u1") == 200
                    }
                    try await eventually("the node is ready", timeout: .seconds(20)) { try await Self.ready(node) }
                    // The ledger and the watchers follow the new primary.
                    let score = try #require(try await other.ranking().first).score
                    #expect(score >= 10)
                    try await eventually("the watcher has it") { watcher.state.entries.first?.score == score }
                    try await eventually("the ledger has it") {
                        try await cluster.postgres.run("SELECT score FROM scores WHERE user_id = 'u1'") == "\(score)"
                    }
                    watcher.stop()
                    await relay.stop()
                }
            }
        }

        @Test("Postgres sessions that only read are given up", .timeLimit(.minutes(2)))
        func postgresReadOnly() async throws {
            var plan = Cluster.Plan()
            (plan.apis, plan.gateways, plan.persisters) = (1, 0, 1)
            try await Cluster.run(plan) { cluster in
                #expect(try await cluster.update("u0").status == 200)
                try await eventually("the ledger has it") { try await Self.ledger(cluster) == "1" }
                // For sessions that are opened after this.
                try await cluster.postgres.run("ALTER ROLE scorecast SET default_transaction_read_only = on")
                try await cluster.postgres.run(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'scorecast' AND pid <> "
                        + "pg_backend_pid()")
                for user in 1...4 { #expect(try await cluster.update("u\(user)").status == 200) }
                try await eventually("the persister says so") {
                    try await Self.reasons(cluster.persisters[0]).contains("persister")
                }
                #expect(try await Self.ledger(cluster) == "1")
                try await cluster.postgres.run(
                    "BEGIN; SET TRANSACTION READ WRITE; "
                        + "ALTER ROLE scorecast RESET default_transaction_read_only; COMMIT"
                )
                try await eventually("the ledger goes on") { try await Self.ledger(cluster) == "5" }
                try await eventually("the catalogue can be changed") {
                    let token = cluster.credentials.token("admin", role: "admin")
                    let json = #"{"points":1,"boards":["global"]}"#
                    return try await cluster.put("/actions/other", json, token: token).status < 300
                }
            }
        }

        @Test("an eviction policy is noticed on each connection, and so is its end", .timeLimit(.minutes(2)))
        func policy() async throws {
            var plan = Cluster.Plan()
            (plan.apis, plan.gateways, plan.persisters) = (1, 0, 0)
            try await Cluster.run(plan) { cluster in
                let node = cluster.apis[0]
                #expect(try await cluster.update("u1").status == 200)
                _ = try await cluster.probe.command("CONFIG", "SET", "maxmemory-policy", "allkeys-lru")
                _ = try await cluster.probe.command("CLIENT", "KILL", "TYPE", "normal")
                try await eventually("the node refuses", timeout: .seconds(10)) {
                    let status = try await cluster.update("u1").status
                    let reasons = try await Self.reasons(node)
                    return status == 503 && reasons.contains("noeviction")
                }
                #expect(node.isRunning && node.log.contains("allkeys-lru"))
                // A node that is started now does not come up.
                let started = try await ScorecastProcess.run(
                    ["serve", "--roles", "api"],
                    environment: cluster.environment.merging(["SCORECAST_HTTP_PORT": "0"]) { $1 })
                #expect(started.code == 78 && started.errors.contains("noeviction"))
                _ = try await cluster.probe.command("CONFIG", "SET", "maxmemory-policy", "noeviction")
                try await eventually("the node goes on", timeout: .seconds(10)) {
                    let status = try await cluster.update("u1").status
                    let isReady = try await Self.ready(node)
                    return status == 200 && isReady
                }
            }
        }

        @Test("a Redis without an append-only file is used, and each node warns once, naming the docs")
        func appendOnlyIsOff() async throws {
            var plan = Cluster.Plan()
            (plan.apis, plan.gateways) = (1, 0)
            plan.redisArguments = ["--appendonly", "no"]
            try await Cluster.run(plan) { cluster in
                for node in cluster.apis + cluster.persisters {
                    try await eventually("it warns") { node.log.contains("Check Redis' settings") }
                    let checks = try await Self.settingChecks(cluster)
                    try await eventually("both nodes have asked again") {
                        try await Self.settingChecks(cluster) >= checks + 4
                    }
                    let lines = node.log.split(separator: "\n").filter { $0.contains("Check Redis' settings") }
                    #expect(lines.count == 1 && lines[0].contains("docs/durability.md#settings-of-redis"))
                }
                #expect(try await cluster.update("u1").status == 200)
            }
        }

        /// How often Redis was asked for its settings.
        private static func settingChecks(_ cluster: Cluster) async throws -> Int {
            guard case .text(let text) = try await cluster.probe.command("INFO", "commandstats") else { return 0 }
            return text.firstMatch(of: /cmdstat_config\|get:calls=(\d+)/).flatMap { Int($0.output.1) } ?? 0
        }

        private static func update(_ cluster: Cluster, _ node: ScorecastProcess, _ user: String) async throws -> Int {
            let body = Update.body(user: user, id: cluster.credentials.actionID(user, "kill"))
            let headers = [("Authorization", "Bearer \(cluster.credentials.token(user))")]
            return try await TinyHTTP.post(port: node.port, "/update-score", json: body, headers: headers).status
        }

        private static func ledger(_ cluster: Cluster) async throws -> String {
            try await cluster.postgres.run("SELECT count(*) FROM score_events")
        }

        /// Waits until the replica has everything that its primary has. Anything else would be lost in the failover.
        private static func isInStep(_ replica: RedisProbe, _ cluster: Cluster) async throws {
            try await eventually("the replica is in step") {
                guard case .text(let info) = try await replica.command("INFO", "replication") else { return false }
                let isLinked = info.contains("master_link_status:up") && info.contains("master_sync_in_progress:0")
                let own = try await replica.ranking()
                let wanted = try await cluster.probe.ranking()
                return isLinked && own == wanted
            }
        }
    }
}
