import Foundation
import LocalServers
import TestSupport
import Testing

@Suite("scorecast doctor, on real stores", .timeLimit(.minutes(2))) struct DoctorTests {
    /// Returns the rights of the Redis user that the manual prints.
    static func manualRights() throws -> [String] {
        let manual = try String(contentsOf: Checkout.root.appending(path: "docs/operations.md"), encoding: .utf8)
        let line = try #require(
            manual.firstMatch(of: /ACL SETUSER scorecast on >PASSWORD ([^`]*?)\n```/)?.output.1,
            "docs/operations.md shows no user")
        return line.split(whereSeparator: \.isWhitespace).map(String.init)
    }

    private static func withStores(
        _ body: (LocalRedis, LocalPostgres, [String: String]) async throws -> Void
    ) async throws {
        try await withPrivateRedis { redis in
            try await withPrivatePostgres { postgres in
                var environment = Credentials().environment
                environment["SCORECAST_REDIS_URL"] = redis.url
                environment["SCORECAST_POSTGRES_URL"] = postgres.url
                environment["SCORECAST_HTTP_PORT"] = "0"
                try await body(redis, postgres, environment)
            }
        }
    }

    private static func lines(_ outcome: ScorecastProcess.Outcome, _ verdict: String) -> [String] {
        outcome.output.split(separator: "\n").filter { $0.hasPrefix(verdict) }.map(String.init)
    }

    @Test("it says migrate if that is needed, and then that a node would work")
    func migrations() async throws {
        try await Self.withStores { _, _, environment in
            let before = try await ScorecastProcess.run(["doctor"], environment: environment)
            #expect(before.code == 1)
            #expect(Self.lines(before, "WRONG").count == 1, "\(before.output)")
            #expect(Self.lines(before, "WRONG").first?.contains("scorecast migrate") == true)
            #expect(try await ScorecastProcess.run(["migrate"], environment: environment).code == 0)
            let after = try await ScorecastProcess.run(["doctor"], environment: environment)
            #expect(after.code == 0, "\(after.output)\(after.errors)")
            #expect(Self.lines(after, "WRONG").isEmpty && Self.lines(after, "look").isEmpty, "\(after.output)")
        }
    }

    @Test("unreachable stores, and a wrong configuration")
    func away() async throws {
        var environment = Credentials().environment
        environment["SCORECAST_REDIS_URL"] = "redis://:redissecret@127.0.0.1:1"
        environment["SCORECAST_POSTGRES_URL"] = "postgresql://u:pgsecret@127.0.0.1:1/x"
        environment["SCORECAST_HTTP_PORT"] = "0"
        let outcome = try await ScorecastProcess.run(["doctor"], environment: environment)
        #expect(outcome.code == 1)
        let wrong = Self.lines(outcome, "WRONG")
        #expect(wrong.count == 2, "\(outcome.output)")
        for name in ["SCORECAST_REDIS_URL", "SCORECAST_POSTGRES_URL"] {
            #expect(wrong.contains { $0.contains(name) }, "\(outcome.output)")
        }
        #expect(!(outcome.output + outcome.errors).contains("secret"))
        #expect(wrong.contains { $0.contains("Redis cannot be reached: Connection refused.") }, "\(wrong)")
        #expect(wrong.contains { $0.contains(#"server at "127.0.0.1", port 1"#) }, "\(wrong)")
        #expect(wrong.contains { $0.contains("Connection refused. Is the server") }, "\(wrong)")
        environment["SCORECAST_REDIS_URL"] = "redis://127.0.0.1:abc"
        #expect(try await ScorecastProcess.run(["doctor"], environment: environment).code == 78)
    }

    @Test("a replica, an evicting Redis and a role without rights are reported")
    func wrongStores() async throws {
        try await Self.withStores { redis, postgres, environment in
            #expect(try await ScorecastProcess.run(["migrate"], environment: environment).code == 0)
            let probe = RedisProbe(port: redis.port)
            _ = try await probe.command("CONFIG", "SET", "maxmemory-policy", "allkeys-lru")
            try await postgres.run("CREATE ROLE reader LOGIN")
            var settings = environment
            settings["SCORECAST_POSTGRES_URL"] = postgres.url.replacing("scorecast@", with: "reader@")
            let outcome = try await ScorecastProcess.run(["doctor"], environment: settings)
            #expect(outcome.code == 1)
            let wrong = Self.lines(outcome, "WRONG")
            #expect(wrong.contains { $0.contains("noeviction") }, "\(outcome.output)")
            #expect(wrong.contains { $0.contains("Postgres") }, "\(outcome.output)")
            _ = try await probe.command("CONFIG", "SET", "maxmemory-policy", "noeviction")
            _ = try await probe.command("REPLICAOF", "127.0.0.1", "1")
            let replica = try await ScorecastProcess.run(["doctor"], environment: environment)
            #expect(replica.code == 1 && Self.lines(replica, "WRONG").contains { $0.contains("replica") })
        }
    }

    @Test("the manual's Redis user is enough for a whole node, and the doctor notices each missing right")
    func rights() async throws {
        try await Self.withStores { redis, _, environment in
            let rights = try Self.manualRights()
            let probe = RedisProbe(port: redis.port)
            _ = try await probe.command(["ACL", "SETUSER", "scorecast", "on", ">password"] + rights)
            var settings = environment
            settings["SCORECAST_REDIS_URL"] = "redis://scorecast:password@127.0.0.1:\(redis.port)"
            #expect(try await ScorecastProcess.run(["migrate"], environment: environment).code == 0)
            let whole = try await ScorecastProcess.run(["doctor"], environment: settings)
            #expect(whole.code == 0, "\(whole.output)\(whole.errors)")
            #expect(whole.output.contains("all commands are allowed"), "\(whole.output)")
            settings["SCORECAST_HTTP_PORT"] = nil
            let node = try await ScorecastProcess.start(["serve"], environment: settings)
            await node.terminate()
            for right in ["zadd", "publish", "xadd", "subscribe", "info"] {
                _ = try await probe.command(["ACL", "SETUSER", "scorecast", "-" + right])
                let outcome = try await ScorecastProcess.run(["doctor"], environment: settings)
                #expect(outcome.code == 1 && outcome.output.contains(right), "\(outcome.output)")
                _ = try await probe.command(["ACL", "SETUSER", "scorecast", "+" + right])
            }
        }
    }

    @Test("the rights in Postgres that the doctor asks for are enough for a whole node, refused rows included")
    func postgresRights() async throws {
        var plan = Cluster.Plan()
        (plan.apis, plan.gateways, plan.persisters) = (1, 0, 0)
        try await Cluster.run(plan) { cluster in
            let postgres = cluster.postgres
            try await postgres.run("CREATE ROLE writer LOGIN")
            try await postgres.run("ALTER TABLE score_events ADD CONSTRAINT nobody CHECK (user_id <> 'poison')")
            var settings = cluster.environment
            settings["SCORECAST_POSTGRES_URL"] = postgres.url.replacing("scorecast@", with: "writer@")
            settings["SCORECAST_HTTP_PORT"] = "0"
            let before = try await ScorecastProcess.run(["doctor"], environment: settings)
            let named = try #require(before.output.firstMatch(of: /role writer lacks: (.*?)\. Connect/)?.output.1)
            let rights = named.split(separator: ", ")
            #expect(rights.contains("INSERT on dead_letters") && rights.contains("SELECT on deployment"))
            for right in rights {
                let statement =
                    switch right {
                    case "ownership of score_events": "ALTER TABLE score_events OWNER TO writer"
                    case "CREATE in the schema of score_events": "GRANT CREATE ON SCHEMA public TO writer"
                    default: "GRANT \(right) TO writer"
                    }
                try await postgres.run(statement)
            }
            let after = try await ScorecastProcess.run(["doctor"], environment: settings)
            #expect(after.code == 0, "\(after.output)")
            settings["SCORECAST_HTTP_PORT"] = nil
            let node = try await cluster.startNode(
                "api,persister", with: ["SCORECAST_POSTGRES_URL": settings["SCORECAST_POSTGRES_URL"] ?? ""])
            for user in ["ann", "poison"] { #expect(try await cluster.update(user).status == 200) }
            try await eventually("both are in the database") {
                let written = try await cluster.ledger.rows(
                    "SELECT user_id FROM score_events UNION ALL SELECT event ->> 'user_id' FROM dead_letters ORDER BY 1"
                )
                return written == ["ann", "poison"]
            }
            #expect(try await node.readiness().status == 200)
        }
    }
}
