import Foundation
import LocalServers
import TestSupport
import Testing

extension EndToEnd {
    /// Several deployments in the same stores, and environment variables that must not affect a node.
    @Suite("Deployments")
    struct Deployments {
        @Test("a second deployment starts only with another prefix", .timeLimit(.minutes(2)))
        func secondInOnePlace() async throws {
            var plan = Cluster.Plan()
            (plan.apis, plan.gateways, plan.persisters) = (1, 0, 0)
            try await Cluster.run(plan) { cluster in
                #expect(try await cluster.update("u1").status == 200)
                try await cluster.postgres.createDatabase("second")
                let url = ["SCORECAST_POSTGRES_URL": cluster.postgres.url(database: "second")]
                let second = cluster.environment.merging(url) { $1 }.merging(["SCORECAST_HTTP_PORT": "0"]) { $1 }
                #expect(try await ScorecastProcess.run(["migrate"], environment: second).code == 0)
                let before = try await cluster.probe.digest()
                for roles in ["api", "persister", "api,gateway,persister"] {
                    let refused = try await ScorecastProcess.run(["serve", "--roles", roles], environment: second)
                    #expect(refused.code == 78, "\(refused.errors)")
                    for part in ["another deployment", "SCORECAST_REDIS_PREFIX", "DEL '{sc00}:deployment'"] {
                        #expect(refused.errors.contains(part), "\(part)")
                    }
                }
                // The doctor finds it, too, and says the same. A gateway alone does not compare.
                let doctor = try await ScorecastProcess.run(["doctor"], environment: second)
                #expect(doctor.code == 1 && doctor.output.contains("1 thing is wrong."), "\(doctor.output)")
                for part in ["another deployment", "SCORECAST_REDIS_PREFIX", "DEL '{sc00}:deployment'"] {
                    #expect(doctor.output.contains(part), "\(part)")
                }
                let gateway = try await ScorecastProcess.run(["doctor", "--roles", "gateway"], environment: second)
                #expect(gateway.code == 0, "\(gateway.output)")
                let own = cluster.environment.merging(["SCORECAST_HTTP_PORT": "0"]) { $1 }
                let first = try await ScorecastProcess.run(["doctor"], environment: own)
                #expect(first.code == 0 && first.output.contains("the data of this deployment"), "\(first.output)")
                #expect(try await cluster.probe.digest() == before)
                try await cluster.startNode(
                    "api,gateway,persister", with: url.merging(["SCORECAST_REDIS_PREFIX": "second:"]) { $1 })
                #expect(try await cluster.probe.command("KEYS", "second:*").texts.contains("second:{sc00}:deployment"))
                #expect(try await cluster.update("u1").status == 200)
            }
        }

        @Test(
            "a node whose Redis holds another deployment's data writes nothing there, and continues with its own",
            .timeLimit(.minutes(2)))
        func anothersRedis() async throws {
            var plan = Cluster.Plan()
            (plan.apis, plan.gateways, plan.persisters) = (1, 0, 0)
            try await Cluster.run(plan) { cluster in
                #expect(try await cluster.update("u1").status == 200)
                let key = "{sc00}:deployment"
                guard case .text(let own) = try await cluster.probe.command("GET", key) else {
                    Issue.record("there is no id")
                    return
                }
                _ = try await cluster.probe.command("SET", key, String(repeating: "0", count: 32))
                let before = try await cluster.probe.digest()
                _ = try await cluster.probe.command("CLIENT", "KILL", "TYPE", "normal")
                try await eventually("the node says so", timeout: .seconds(10)) {
                    try await TinyHTTP.request(port: cluster.apis[0].port, "/readyz").text.contains(
                        "another deployment")
                }
                for _ in 0..<5 { #expect(try await cluster.update("u1").status == 503) }
                #expect(try await cluster.probe.digest() == before)
                // After the place was emptied, the deployment takes it again.
                _ = try await cluster.probe.command("DEL", key)
                try await eventually("updates count again", timeout: .seconds(10)) {
                    try await cluster.update("u1").status == 200
                }
                #expect(try await cluster.probe.command("GET", key) == .text(own))
            }
        }

        /// The Redis user of these nodes may use no key and no channel without the prefix.
        @Test("with a prefix every key and every channel has it", .timeLimit(.minutes(2)))
        func prefix() async throws {
            var plan = Cluster.Plan()
            (plan.apis, plan.gateways, plan.persisters) = (1, 1, 1)
            plan.environment = ["SCORECAST_REDIS_PREFIX": "game-1:"]
            plan.redisArguments = [
                "--user", "default", "on", "nopass", "resetkeys", "~game-1:{sc*", "resetchannels", "&game-1:{sc*",
                "+@all",
            ]
            try await Cluster.run(plan) { cluster in
                let watcher = try await WatchingClient.open(port: cluster.gateways[0].port)
                try await eventually("the empty top has come") { watcher.state.types.contains("snapshot") }
                #expect(try await cluster.update("u1").status == 200)
                try await eventually("the watcher has it") {
                    watcher.state.entries == [Standing(user: "u1", score: 5)]
                }
                #expect(watcher.state.types.contains("leaderboard-update"))
                try await eventually("the ledger has it") {
                    try await cluster.postgres.run("SELECT count(*) FROM score_events") == "1"
                }
                let keys = try await cluster.probe.command("KEYS", "*").texts
                #expect(keys.count > 3 && keys.allSatisfy { $0.hasPrefix("game-1:{sc") }, "\(keys)")
                let channels = try await cluster.probe.command("PUBSUB", "CHANNELS").texts
                #expect(channels.count >= 2 && channels.allSatisfy { $0.hasPrefix("game-1:{sc") }, "\(channels)")
                watcher.stop()
            }
        }

        @Test("libpq's environment variables change no connection", .timeLimit(.minutes(1)))
        func environment() async throws {
            try await withPrivatePostgres { postgres in
                let hostile = [
                    "PGHOST": "/nowhere", "PGHOSTADDR": "192.0.2.1", "PGPORT": "1", "PGUSER": "nobody",
                    "PGDATABASE": "nothing", "PGPASSWORD": "wrong", "PGSERVICE": "nothing", "PGSERVICEFILE": "/nowhere",
                    "PGOPTIONS": "-c search_path=nowhere", "PGSSLMODE": "verify-full", "PGSSLROOTCERT": "/nowhere",
                    "PGREQUIREPEER": "nobody", "PGCHANNELBINDING": "require", "PGGSSENCMODE": "require",
                    "PGTARGETSESSIONATTRS": "read-only", "PGCLIENTENCODING": "LATIN1", "PGDATESTYLE": "German",
                    "PGTZ": "nowhere", "PGGEQO": "maybe", "PGSYSCONFDIR": "/nowhere", "PGAPPNAME": "somebody",
                    "PGSSLCERTMODE": "require", "PGREQUIREAUTH": "none", "PGMINPROTOCOLVERSION": "9",
                    "SCORECAST_POSTGRES_URL": postgres.url,
                ]
                let outcome = try await ScorecastProcess.run(["migrate"], environment: hostile)
                #expect(outcome.code == 0, "\(outcome.errors)")
                #expect(outcome.output.contains("initial"))
            }
        }
    }
}
