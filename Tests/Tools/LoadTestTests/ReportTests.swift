import LoadTest
import StrictJSON
import Testing

@Suite("Reports")
struct ReportTests {
    /// Ten accepted updates of 1 to 10 ms in two seconds, and one after them; one watcher.
    private func report() -> LoadReport {
        var scenario = Scenario(duration: .seconds(2))
        scenario.watchers.count = 1
        var updates = UpdateTally()
        (updates.sent, updates.accepted, updates.acceptedInTraffic) = (11, 11, 10)
        for milliseconds in Int64(1)...10 { updates.latency.record(milliseconds * 1000) }
        return LoadReport(
            run: LoadReport.Run(
                scenario: scenario, prefix: "load-x-", nodes: ["http://a"], watchNodes: ["ws://b"], startedAt: 1,
                trafficTime: .seconds(2), isInterrupted: false),
            updates: updates, watching: WatchTally(), skew: Distribution(), converge: .milliseconds(7),
            proofs: [Proof(name: "p", statement: "it holds", basis: "all", differences: Differences())])
    }

    @Test("it passes if proofs hold and thresholds are met")
    func passed() {
        var report = report()
        report.run.scenario.thresholds = [
            .updateP50: 5.5, .updateErrors: 0, .acceptedPerSecond: 5, .converge: 7, .reconnects: 0,
        ]
        #expect(report.passed && report.exitCode == 0)
        #expect(report.text.hasSuffix("\npassed"))
    }

    @Test("a figure past its threshold, below it if more is better, or not measured, misses it")
    func missed() {
        var report = report()
        report.run.scenario.thresholds = [.updateP99: 9, .acceptedPerSecond: 5.1, .stalenessP99: 1000, .updateMax: 11]
        #expect(!report.passed && report.exitCode == 1)
        #expect(
            report.thresholds.filter { !$0.isMet }.map(\.measure) == [.updateP99, .acceptedPerSecond, .stalenessP99])
        #expect(report.text.contains("MISSED  update_p99_ms"))
        #expect(report.text.hasSuffix("\nFAILED: 3 thresholds"))
    }

    @Test("unless the scenario says otherwise, no update may fail; without updates that is of no concern")
    func errorsByDefault() {
        var report = report()
        report.updates.refused = 1
        #expect(report.thresholds.map(\.isMet) == [false])
        report.run.scenario.updates.rate = 0
        #expect(report.thresholds.isEmpty && report.passed)
    }

    @Test("a proof that fails shows what differs")
    func failed() {
        var report = report()
        for number in 1...7 { report.proofs[0].differences.add("difference \(number)") }
        report.run.scenario.thresholds = [.updateP50: 1]
        #expect(report.exitCode == 1)
        #expect(report.text.contains("FAILED  it holds (all)\n            difference 1\n"))
        #expect(report.text.contains("and 2 more") && !report.text.contains("difference 6"))
        #expect(report.text.hasSuffix("\nFAILED: 1 proof, 1 threshold"))
    }

    @Test("a proof that had nothing to prove fails, and says what to change, in every form")
    func vacuous() throws {
        var report = report()
        report.proofs[0].vacuous = "nothing changed. Send more"
        #expect(report.exitCode == 1 && report.text.contains("FAILED  it holds (all)"))
        #expect(report.text.contains("→ Nothing was proved: nothing changed. Send more."))
        let json = try JSONValue(report.json)
        #expect(json["proofs"]?.array?.first?["holds"] == .bool(false))
        #expect(json["proofs"]?.array?.first?["vacuous"] == .string("nothing changed. Send more"))
        #expect(String(decoding: report.html, as: UTF8.self).contains("nothing changed. Send more"))
    }

    @Test("an interrupted run has not passed")
    func interrupted() {
        var report = report()
        report.run.isInterrupted = true
        #expect(!report.passed && report.exitCode == 130)
        #expect(report.text.hasSuffix("\nFAILED: interrupted"))
    }

    @Test("updates that were refused, left unknown or not sent are failed ones")
    func errorShare() {
        var tally = UpdateTally()
        #expect(tally.errorShare == 0)
        for _ in 0..<6 { tally.latency.record(1) }
        (tally.refused, tally.unknown, tally.unsent) = (1, 2, 3)
        #expect(tally.errorShare == 0.5)
    }

    @Test("the JSON says the same")
    func json() throws {
        var report = report()
        report.run.scenario.thresholds = [.updateP99: 9]
        let json = try JSONValue(report.json)
        #expect(json["passed"] == .bool(false))
        #expect(json["updates"]?["accepted"]?.integer == 11)
        #expect(json["updates"]?["accepted_per_second"]?.number == 5)
        #expect(
            json["updates"]?["latency_ms"]?["p50"]?.number == 5.023 || json["updates"]?["latency_ms"]?["p50"] != nil)
        #expect(json["watchers"]?["staleness_ms"]?["p99"] == .null)
        #expect(json["proofs"]?.array?.first?["holds"] == .bool(true))
        #expect(json["thresholds"]?.array?.first?["name"] == .string("update_p99_ms"))
        #expect(json["format"] == .string("scorecast-load-report/1"))
        #expect(json["scenario"]?["updates"]?["rate"]?.number == 100)
    }
}
