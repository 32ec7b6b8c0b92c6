import Foundation
import LocalServers
import TestSupport
import Testing

/// Runs after each other and at the same time, and comparisons of their reports.
extension EndToEnd.LoadCommand {
    private func report(_ path: String) throws -> JSON { try JSON(try Data(contentsOf: URL(fileURLWithPath: path))) }

    @Test(
        "every run on one board moves its top as the first one did, and has the same verdict", .timeLimit(.minutes(5)))
    func repeated() async throws {
        try await withCluster { cluster in
            let folder = try makeTestFolder("load")
            let scenario = #"""
                {"duration": "1s", "watchers": {"count": 4, "arrivals": 100},
                 "updates": {"users": 20, "rate": 100, "replays": 0.2, "invalid": 0.1}}
                """#
            var messages: [Int64] = []
            for run in 1...6 {
                let path = "\(folder)/\(run).json"
                let outcome = try await load(scenario, on: cluster, ["--report", path])
                #expect(outcome.code == 0, "run \(run): \(outcome.output)\(outcome.errors)")
                let json = try report(path)
                messages.append(try #require(json["watchers"]?["messages"]?.integer))
                #expect((json["proofs"]?.array ?? []).allSatisfy { $0["vacuous"] == .null })
                #expect(outcome.output.contains("over a lead of") == (run > 1), "\(outcome.output)")
            }
            let least = try #require(messages.min())
            #expect(least * 2 > messages[0] && messages[0] > 20, "\(messages)")
        }
    }

    @Test("two simultaneous runs on one board are both proved", .timeLimit(.minutes(5)))
    func atOnce() async throws {
        try await withCluster { cluster in
            // The second run continues while the first one settles.
            func scenario(_ duration: String) -> String {
                #"{"duration": "\#(duration)", "watchers": {"count": 4}, "updates": {"users": 20, "rate": 100}}"#
            }
            async let first = load(scenario("3s"), on: cluster)
            async let second = load(scenario("6s"), on: cluster)
            for outcome in [try await first, try await second] {
                #expect(outcome.code == 0, "\(outcome.output)\(outcome.errors)")
            }
        }
    }

    @Test("a board whose scores are too high for a lead is reported before the traffic")
    func tooHigh() async throws {
        try await withCluster { cluster in
            let credentials = cluster.credentials
            let port = try #require(cluster.apis.first).port
            let put = try await TinyHTTP.request(
                "PUT", port: port, "/actions/jump",
                headers: [
                    ("Authorization", "Bearer \(credentials.token("boss", role: "admin"))"),
                    ("Content-Type", "application/json"),
                ], body: #"{"points":9007199254740990,"boards":["global"]}"#)
            #expect(put.status == 201, "\(put.text)")
            try await eventually("somebody is at the bound") {
                try await cluster.update("high", "jump").status == 200
            }
            let outcome = try await load(#"{"duration": "1s", "updates": {"users": 3}}"#, on: cluster)
            #expect(outcome.code == 1 && outcome.output.isEmpty)
            #expect(outcome.errors.contains("Remove that score, use a board without it"), "\(outcome.errors)")
        }
    }

    @Test("a run in which nothing could be accepted proves nothing, fails, and says why")
    func vacuous() async throws {
        try await withCluster(rateLimit: "1/60s") { cluster in
            // Each user has used up its only update before the traffic.
            let scenario = #"{"duration": "1s", "watchers": {"count": 2}, "updates": {"users": 2, "rate": 20}}"#
            let outcome = try await load(scenario, on: cluster)
            #expect(outcome.code == 1, "\(outcome.output)\(outcome.errors)")
            #expect(outcome.output.contains("→ Nothing was proved: nothing was accepted during the traffic"))
            #expect(outcome.output.contains("→ Nothing was proved: the top never changed while they watched"))
            #expect(outcome.output.contains("→ Set SCORECAST_RATE_LIMIT=off on the nodes"), "\(outcome.output)")
        }
    }

    @Test("a report is compared with an earlier one, as text, JSON and HTML", .timeLimit(.minutes(2)))
    func comparison() async throws {
        try await withCluster { cluster in
            let folder = try makeTestFolder("load")
            let (report, page) = ("\(folder)/report.json", "\(folder)/report.html")
            let slow = #"{"duration": "1s", "updates": {"users": 5, "rate": 20}}"#
            let fast = #"{"duration": "1s", "updates": {"users": 5, "rate": 100}}"#
            #expect(try await load(fast, on: cluster, ["--report", report]).code == 0)
            // Compares with the same file that it writes: the file is read before it is emptied.
            let worse = try await load(
                slow, on: cluster, ["--compare", report, "--report", report, "--html", page, "--fail-if-worse"])
            #expect(worse.code == 1, "\(worse.output)\(worse.errors)")
            #expect(worse.output.contains(/accepted_per_second .*WORSE/), "\(worse.output)")
            #expect(worse.output.contains("other settings: updates.rate: 100, now 20"))
            #expect(worse.output.contains(/\nFAILED: \d+ figures? worse than before\n$/))
            #expect(try self.report(report)["comparison"]?["figures"]?.array?.first?["worse"] == true)
            #expect((try self.report(report)["series"]?["buckets"]?.array ?? []).count >= 1)
            let html = try String(contentsOfFile: page, encoding: .utf8)
            #expect(html.contains("worse than before") && html.contains("<h2>Compared with"))
            let tolerant = try await load(slow, on: cluster, ["--compare", report, "--tolerance", "10"])
            #expect(tolerant.code == 0, "\(tolerant.output)\(tolerant.errors)")
        }
    }

    @Test("unusable earlier reports, and hosts that nobody claimed, are reported before anything is sent")
    func refusedBefore() async throws {
        let environment = Credentials().environment
        let scenario = try file(#"{"duration": "1s"}"#)
        let old = try file(#"{"passed": true}"#)
        let refused: [([String], String)] = [
            (["--url", "http://127.0.0.1:1", "--compare", old], "does not say which form it has"),
            (["--url", "http://127.0.0.1:1", "--compare", "/nowhere"], "cannot be read"),
            (["--url", "http://127.0.0.1:1", "--fail-if-worse"], "--compare"),
            (["--url", "http://127.0.0.1:1", "--compare", old, "--tolerance", "11"], "--tolerance must be 0 to 10"),
            (["--url", "http://192.0.2.1:80"], "add: --yes-this-is-mine 192.0.2.1"),
            (
                [
                    "--url", "http://127.0.0.1:1", "--watch-url", "ws://192.0.2.1:80", "--yes-this-is-mine",
                    "192.0.2.10",
                ],
                "add: --yes-this-is-mine 192.0.2.1"
            ),
            (["--url", "http://127.0.0.1:1", "--html", "/nowhere/report.html"], "Give --html a file"),
        ]
        for (arguments, words) in refused {
            let outcome = try await ScorecastProcess.run(
                ["load", "--scenario", scenario] + arguments, environment: environment)
            #expect(outcome.code == 64 && outcome.output.isEmpty, "\(arguments): \(outcome.output)\(outcome.errors)")
            #expect(outcome.errors.contains(words), "\(arguments): \(outcome.errors)")
        }
    }

    @Test("redirects to other hosts are not followed")
    func redirect() async throws {
        let other = try await RedirectingNode.start(location: "http://127.0.0.1:1")
        defer { other.stop() }
        let node = try await RedirectingNode.start(location: "http://localhost:\(other.port)")
        defer { node.stop() }
        let outcome = try await ScorecastProcess.run(
            [
                "load", "--scenario", try file(#"{"duration": "1s", "watchers": {"count": 1}}"#), "--url",
                "http://127.0.0.1:\(node.port)",
            ], environment: Credentials().environment)
        #expect(outcome.code == 1 && outcome.errors.contains("Redirects are not followed"), "\(outcome.errors)")
        #expect(node.count > 0 && other.count == 0)
    }

    @Test("watchers count the messages about the server's state", .timeLimit(.minutes(2)))
    func toldStale() async throws {
        try await withCluster { cluster in
            let report = "\(try makeTestFolder("load"))/report.json"
            let scenario = #"""
                {"duration": "14s", "settle": "30s", "watchers": {"count": 3}, "updates": {"users": 5, "rate": 20},
                 "thresholds": {"update_error_share": 1}}
                """#
            async let running = load(scenario, on: cluster, ["--report", report])
            try await eventually("the run has scores", timeout: .seconds(20)) {
                try await cluster.probe.ranking().count == 5
            }
            let pid = try #require(await cluster.redis.pid)
            kill(pid, SIGSTOP)
            defer { kill(pid, SIGCONT) }
            let node = try #require(cluster.gateways.first)
            try await eventually("the gateway says so", timeout: .seconds(8) + EndToEnd.machineSlack) {
                try await node.metric("scorecast_gateway_stale") == 1
            }
            kill(pid, SIGCONT)
            let outcome = try await running
            #expect(outcome.code == 0, "\(outcome.output)\(outcome.errors)")
            let watchers = try self.report(report)["watchers"]
            #expect(watchers?["told_stale"]?.integer == 3 && watchers?["told_current"]?.integer == 3)
            #expect(outcome.output.contains(/told stale +3 +times that a gateway received no changes/))
        }
    }
}
