import Foundation
import NIOCore
import TestSupport
import Testing

/// Nodes that hang, and ways to end a run that waits for them.
extension EndToEnd.LoadCommand {
    @Test(
        "a node that hangs in the middle of its last answers costs nothing: the other one is asked, even late")
    func hangingNode() async throws {
        try await withCluster { cluster in
            let report = "\(try makeTestFolder("load"))/report.json"
            // A request to this node takes longer than the time that is left after the traffic.
            let scenario = #"""
                {"duration": "3s", "settle": "500ms", "updates": {"users": 5, "rate": 20, "timeout": "2s"}}
                """#
            async let running = load(scenario, on: cluster, ["--report", report])
            try await eventually("the run has scores", timeout: .seconds(20)) {
                try await cluster.probe.ranking().count == 5
            }
            let node = try #require(cluster.apis.last)
            await node.kill()
            let hanging = try await HangingNode.start(port: node.port)
            defer { hanging.close(promise: nil) }
            let outcome = try await running
            #expect(outcome.code == 0, "\(outcome.output)\(outcome.errors)")
            #expect(outcome.output.contains(/\d +timeout\n/), "\(outcome.output)")
            let updates = try JSON(try Data(contentsOf: URL(fileURLWithPath: report)))["updates"]
            let accepted = Double(try #require(updates?["accepted"]?.integer))
            // Updates that came after the three seconds are accepted, but do not count in their rate.
            #expect(try #require(updates?["accepted_per_second"]?.number) * 3 < accepted - 0.5)
        }
    }

    @Test(
        "an interruption while it settles ends the wait with a report; a second one ends everything at once",
        arguments: [false, true])
    func interruption(isTwice: Bool) async throws {
        try await withCluster { cluster in
            let api = try #require(cluster.apis.first)
            let gateway = try #require(cluster.gateways.first)
            let report = "\(try makeTestFolder("load"))/report.json"
            let scenario = try file(
                #"""
                {"duration": "5s", "settle": "10m", "watchers": {"count": 2},
                 "updates": {"users": 5, "rate": 50, "timeout": "1m"}}
                """#)
            let process = try ScorecastProcess.launch(
                [
                    "load", "--scenario", scenario, "--report", report, "--url", "http://127.0.0.1:\(api.port)",
                    "--watch-url", "ws://127.0.0.1:\(gateway.port)",
                ], environment: cluster.credentials.environment)
            try await eventually("the run has scores", timeout: .seconds(20)) {
                try await cluster.probe.ranking().count == 5
            }
            gateway.signal(SIGSTOP)  // its watchers never get the final top
            try await eventually("it settles", timeout: .seconds(20)) { process.log.contains("The traffic is over") }
            if isTwice { api.signal(SIGSTOP) }  // the next read of the board takes a minute
            process.signal(SIGINT)
            try await eventually("it has the signal") { process.log.contains("once more to leave") }
            if isTwice { process.signal(SIGINT) }
            try await eventually("it ends", timeout: .seconds(20)) { !process.isRunning }
            #expect(await process.terminate() == 130)
            let json = try Data(contentsOf: URL(fileURLWithPath: report))
            guard !isTwice else {
                return #expect(json.isEmpty && !process.log.contains("FAILED"), "\(process.log)")
            }
            #expect(process.log.contains("proved  each accepted action counted exactly once"), "\(process.log)")
            #expect(process.log.contains("\nFAILED: 1 proof, interrupted"), "\(process.log)")
            // Watchers that get nothing show in the staleness, although no message reports it.
            let staleness = try JSON(json)["watchers"]?["staleness_ms"]?["max"]?.number
            #expect(try #require(staleness) >= 900, "\(process.log)")
        }
    }
}
