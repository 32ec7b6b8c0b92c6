import Foundation
import LocalServers
import TestSupport
import Testing

/// `scorecast load`, as an operator would run it against a deployment.
extension EndToEnd {
    @Suite("The load harness")
    struct LoadCommand {
        /// Runs a scenario against all API nodes of a deployment, with watchers at its gateways.
        func load(
            _ scenario: String, on cluster: Cluster, _ more: [String] = [], environment: [String: String]? = nil
        ) async throws -> ScorecastProcess.Outcome {
            let nodes = cluster.apis.flatMap { ["--url", "http://127.0.0.1:\($0.port)"] }
            let gateways = cluster.gateways.flatMap { ["--watch-url", "ws://127.0.0.1:\($0.port)"] }
            return try await ScorecastProcess.run(
                ["load", "--scenario", try file(scenario)] + nodes + gateways + more,
                environment: environment ?? cluster.credentials.environment)
        }

        func file(_ scenario: String) throws -> String {
            let path = "\(try makeTestFolder("load"))/scenario.json"
            try scenario.write(toFile: path, atomically: true, encoding: .utf8)
            return path
        }

        /// Two API nodes and a gateway.
        func withCluster(
            rateLimit: String = "off", _ body: (Cluster) async throws -> Void
        ) async throws {
            var plan = Cluster.Plan()
            plan.gateways = 1
            plan.rateLimit = rateLimit
            try await Cluster.run(plan, body)
        }

        @Test("with two API nodes and a gateway everything is proved, and a missed threshold is reported")
        func smoke() async throws {
            try await withCluster { cluster in
                let report = "\(try makeTestFolder("load"))/report.json"
                let scenario = #"""
                    {"name": "smoke", "duration": "2s", "watchers": {"count": 30, "arrivals": 300},
                     "updates": {"users": 20, "rate": 200, "replays": 0.2, "invalid": 0.1},
                     "thresholds": {"update_error_share": 0, "reconnects": 0}}
                    """#
                let outcome = try await load(scenario, on: cluster, ["--report", report])
                #expect(outcome.code == 0, "\(outcome.output)\(outcome.errors)")
                #expect(outcome.output.hasSuffix("\npassed\n"))
                #expect(outcome.output.contains("proved  each accepted action counted exactly once"))
                let json = try JSON(try Data(contentsOf: URL(fileURLWithPath: report)))
                #expect(json["passed"] == true)
                #expect(json["updates"]?["sent"]?.integer == 400)
                #expect((json["updates"]?["accepted"]?.integer ?? 0) > 200)
                #expect(json["watchers"]?["snapshots"]?.integer == 30)
                #expect((json["watchers"]?["deltas"]?.integer ?? 0) > 0)
                #expect((json["watchers"]?["updates"]?.integer ?? 0) > 0)
                let proofs = json["proofs"]?.array ?? []
                #expect(proofs.count == 7 && proofs.allSatisfy { $0["holds"] == true })

                let impossible = #"""
                    {"duration": "500ms", "updates": {"users": 20}, "thresholds": {"update_p99_ms": 0}}
                    """#
                let missed = try await load(impossible, on: cluster)
                #expect(missed.code == 1, "\(missed.output)\(missed.errors)")
                #expect(missed.output.contains("MISSED  update_p99_ms"))
                #expect(missed.output.hasSuffix("\nFAILED: 1 threshold\n"))
            }
        }

        @Test("a score that is changed in Redis during the run is found")
        func tampered() async throws {
            try await withCluster { cluster in
                let scenario = #"""
                    {"duration": "3s", "settle": "1s", "watchers": {"count": 4}, "updates": {"users": 5, "rate": 50}}
                    """#
                async let running = load(scenario, on: cluster)
                try await eventually("the run has scores", timeout: .seconds(20)) {
                    try await cluster.probe.ranking().count == 5
                }
                let user = try await takePoint(cluster)
                let outcome = try await running
                #expect(outcome.code == 1, "\(outcome.output)\(outcome.errors)")
                #expect(outcome.output.contains("FAILED  each accepted action counted exactly once"))
                #expect(outcome.output.contains("            \(user): "), "\(user) is named: \(outcome.output)")
                #expect(outcome.output.contains(/\nFAILED: \d proofs?\n$/))
            }
        }

        /// Takes a point from some user in Redis. Returns the user.
        private func takePoint(_ cluster: Cluster) async throws -> String {
            let script = """
                local members = redis.call('KEYS', '*:members:global:all:*')[1]
                local user, place = unpack(redis.call('HGETALL', members))
                local score, rest = string.match(place, '^(%-?%d+)(.*)', 17)
                score = string.format('%.0f', score - 1)
                redis.call('HSET', members, user, string.sub(place, 1, 16) .. score .. rest)
                return user
                """
            guard case .text(let user) = try await cluster.probe.command("EVAL", script, "0") else {
                throw RedisProbe.Failure(reply: "no user")
            }
            return user
        }

        @Test("API nodes that pause and are killed cost nothing: unknown outcomes are asked for again")
        func trouble() async throws {
            try await withCluster { cluster in
                let scenario = #"""
                    {"duration": "6s", "watchers": {"count": 4},
                     "updates": {"users": 20, "rate": 100, "timeout": "500ms"}}
                    """#
                async let running = load(scenario, on: cluster)
                try await eventually("the run has scores", timeout: .seconds(20)) {
                    try await cluster.probe.ranking().count > 10
                }
                let node = try #require(cluster.apis.last)
                node.signal(SIGSTOP)
                try await Task.sleep(for: .milliseconds(700))  // longer than a request may take
                node.signal(SIGCONT)
                try await Task.sleep(for: .milliseconds(200))
                await node.kill()
                let outcome = try await running
                #expect(outcome.code == 0, "\(outcome.output)\(outcome.errors)")
                #expect(outcome.output.contains(/sent again +[1-9]/))
            }
        }

        @Test("an interruption ends the traffic, and there is a report")
        func interruption() async throws {
            try await withCluster { cluster in
                let node = try #require(cluster.apis.first)
                let scenario = try file(#"{"duration": "1h", "watchers": {"count": 2}, "updates": {"users": 5}}"#)
                let process = try ScorecastProcess.launch(
                    ["load", "--scenario", scenario, "--url", "http://127.0.0.1:\(node.port)"]
                        + cluster.gateways.flatMap { ["--watch-url", "ws://127.0.0.1:\($0.port)"] },
                    environment: cluster.credentials.environment)
                try await eventually("the run has scores", timeout: .seconds(20)) {
                    try await cluster.probe.ranking().count == 5
                }
                process.signal(SIGINT)
                try await eventually("it ends", timeout: .seconds(15)) { !process.isRunning }
                #expect(process.log.contains("proved  each accepted action counted exactly once"))
                #expect(process.log.hasSuffix("FAILED: interrupted") || process.log.contains("\nFAILED: interrupted"))
                #expect(await process.terminate() == 130)
            }
        }

        @Test("refused updates are counted by code, and keys of another deployment are reported at once")
        func refusals() async throws {
            try await withCluster(rateLimit: "3/60s") { cluster in
                let scenario = #"""
                    {"duration": "1s", "updates": {"users": 4, "rate": 40, "replays": 0.2},
                     "thresholds": {"update_error_share": 0.1}}
                    """#
                let outcome = try await load(scenario, on: cluster)
                #expect(outcome.code == 1, "\(outcome.output)\(outcome.errors)")
                #expect(
                    outcome.output.contains("429 rate_limited") && outcome.output.hasSuffix("FAILED: 1 threshold\n"))
                let other = try await load(scenario, on: cluster, environment: Credentials().environment)
                #expect(other.code == 1 && other.errors.contains("401"), "\(other.output)\(other.errors)")
            }
        }

        @Test("an unusable scenario, URL or configuration is reported, and nothing is sent")
        func usage() async throws {
            let bad = try file(#"{"duration": "1s", "watchers": {"count": "many"}, "updates": {"rat": 3}}"#)
            let url = ["--url", "http://127.0.0.1:1"]
            let environment = Credentials().environment
            let outcome = try await ScorecastProcess.run(["load", "--scenario", bad] + url, environment: environment)
            #expect(outcome.code == 64 && outcome.output.isEmpty)
            #expect(outcome.errors.contains("watchers.count: must be a whole number"))
            #expect(outcome.errors.contains("updates.rat: is not a member"))
            let good = try file(#"{"duration": "1s"}"#)
            for arguments in [
                [], ["--scenario", good], ["--scenario", "/nowhere"] + url,
                ["--scenario", good, "--url", "127.0.0.1:80"],
                ["--scenario", good, "--url", "http://a/path"], ["--scenario", good, "--watch-url", "x"] + url,
                ["--scenario", good, "--report", "/"] + url,
            ] {
                let outcome = try await ScorecastProcess.run(["load"] + arguments, environment: environment)
                #expect(outcome.code == 64 && outcome.output.isEmpty, "\(arguments): \(outcome.errors)")
            }
            let unwritable = try await ScorecastProcess.run(
                ["load", "--scenario", good, "--report", "/nowhere/report.json"] + url, environment: environment)
            #expect(unwritable.code == 64 && unwritable.output.isEmpty)
            #expect(unwritable.errors.contains("/nowhere/report.json: No such file or directory. Give --report a file"))
            // The folder in which the tests run may contain the keys of a `scorecast up`.
            let keyless = try await ScorecastProcess.run(
                ["load", "--scenario", good, "--data", try makeTestFolder("load")] + url)
            #expect(keyless.code == 78 && keyless.output.isEmpty)
            #expect(
                keyless.errors.contains("SCORECAST_JWT_SECRET") && keyless.errors.contains("SCORECAST_ACTION_KEYS"))
            let away = try await ScorecastProcess.run(["load", "--scenario", good] + url, environment: environment)
            #expect(away.code == 1 && away.output.isEmpty && away.errors.contains("127.0.0.1:1"))
        }

        @Test("the included scenarios can be read", arguments: ["smoke", "many-watchers", "many-updates"])
        func examples(_ name: String) async throws {
            // Runs without keys: the scenario is read before the keys are needed.
            let outcome = try await ScorecastProcess.run([
                "load", "--scenario", Checkout.root.appending(path: "scenarios/\(name).json").path, "--url",
                "http://127.0.0.1:1", "--data", try makeTestFolder("load"),
            ])
            #expect(outcome.code == 78, "\(outcome.errors)")
        }
    }
}
