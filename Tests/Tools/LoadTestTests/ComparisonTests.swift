import LoadTest
import StrictJSON
import Testing

@Suite("Against an earlier report")
struct ComparisonTests {
    private func report(
        p99 milliseconds: Int64, accepted: Int = 100, rate: Double = 50, skew: Distribution = Distribution()
    ) -> LoadReport {
        var scenario = Scenario(duration: .seconds(2))
        scenario.updates.rate = rate
        scenario.watchers.count = skew.count > 0 ? 2 : 0
        var updates = UpdateTally()
        (updates.sent, updates.accepted, updates.acceptedInTraffic) = (accepted, accepted, accepted)
        for _ in 0..<100 { updates.latency.record(milliseconds * 1000) }
        return LoadReport(
            run: LoadReport.Run(
                scenario: scenario, prefix: "load-x-", nodes: ["http://a"], watchNodes: [], startedAt: 7,
                trafficTime: .seconds(2), isInterrupted: false),
            updates: updates, watching: WatchTally(), skew: skew, converge: nil, proofs: [])
    }

    private func compared(
        _ before: LoadReport, _ now: LoadReport, tolerance: Double = 0.1, failsIfWorse: Bool = false
    ) throws -> LoadReport {
        var now = now
        now.compare(
            with: try EarlierReport(before.json, path: "old.json"), tolerance: tolerance, failsIfWorse: failsIfWorse)
        return now
    }

    private func worse(_ report: LoadReport) -> [String] { report.comparison?.worse.map(\.name) ?? [] }

    @Test("figures that got worse by more than the tolerance are told, and fail only when asked to")
    func worseFigures() throws {
        let slower = try compared(report(p99: 20), report(p99: 40))
        #expect(
            worse(slower) == ["update_p50_ms", "update_p90_ms", "update_p99_ms", "update_p99_9_ms", "update_max_ms"])
        #expect(slower.passed && slower.exitCode == 0)
        #expect(slower.text.contains(/update_p99_ms +20\S* +→ 40\S* +×2\.0\d +WORSE/), "\(slower.text)")
        let failing = try compared(report(p99: 20), report(p99: 40), failsIfWorse: true)
        #expect(failing.exitCode == 1 && failing.text.hasSuffix("\nFAILED: 5 figures worse than before"))
        #expect(worse(try compared(report(p99: 20), report(p99: 40), tolerance: 1.5)) == [])
    }

    @Test("fewer updates in a second are worse, more are better; a millisecond more is noise")
    func directions() throws {
        let fewer = try compared(report(p99: 3, accepted: 100), report(p99: 4, accepted: 50))
        #expect(worse(fewer) == ["accepted_per_second"])
        let more = try compared(report(p99: 3, accepted: 50), report(p99: 3, accepted: 100))
        #expect(worse(more) == [])
        #expect(more.comparison?.rows.first { $0.name == "accepted_per_second" }?.isBetter == true)
        #expect(more.comparison?.rows.first { $0.name == "accepted_per_second" }?.ratio == 2)
    }

    @Test("a figure that was measured before and is not any more is worse")
    func missing() throws {
        var nothing = report(p99: 3)
        nothing.updates.latency = Distribution()
        #expect(worse(try compared(report(p99: 3), nothing)).contains("update_p99_ms"))
        #expect(worse(try compared(nothing, report(p99: 3))) == [])
    }

    @Test("the columns stay columns, however long a figure's name is")
    func columns() throws {
        var skew = Distribution()
        for _ in 0..<10 { skew.record(3000) }
        let text = try compared(report(p99: 3, skew: skew), report(p99: 3, skew: skew)).text
        let arrows = text.split(separator: "\n").filter { $0.contains("→") && $0.contains("_") }
        #expect(arrows.contains { $0.contains("first_to_last_p99_9_ms") }, "\(text)")
        let places = Set(arrows.map { $0.prefix { $0 != "→" }.count })
        #expect(places.count == 1, "\(text)")
    }

    @Test("other settings are told")
    func settings() throws {
        let other = try compared(report(p99: 3), report(p99: 3, rate: 100))
        #expect(other.comparison?.settings == ["updates.rate: 50, now 100"])
        #expect(other.text.contains("other settings: updates.rate: 50, now 100"))
        #expect(String(decoding: other.html, as: UTF8.self).contains("updates.rate: 50, now 100"))
        #expect(try compared(report(p99: 3), report(p99: 3)).comparison?.settings == [])
    }

    @Test("a report that was compared can be compared with again")
    func again() throws {
        let once = try compared(report(p99: 20), report(p99: 40))
        #expect(worse(try compared(once, report(p99: 40))) == [])
        let json = try JSONValue(once.json)
        #expect(json["comparison"]?["with"] == .string("old.json") && json["comparison"]?["started_at"]?.integer == 7)
    }

    @Test(
        "a text that is not such a report is refused, with the reason",
        arguments: [
            ("", "not a JSON object"), ("[]", "not a JSON object"), ("{", "not a JSON object"),
            (#"{"passed":true,"updates":{}}"#, "does not say which form"),
            (#"{"format":7}"#, "does not say which form"),
            (#"{"format":"scorecast-load-report/99"}"#, #"has the form "scorecast-load-report/99", not "#),
        ])
    func refused(_ text: String, _ words: String) {
        let error = #expect(throws: LoadError.self) { try EarlierReport(Array(text.utf8), path: "old.json") }
        #expect(error?.description.contains(words) == true && error?.description.contains("--report") == true)
    }

    @Test("a file that is not there is told")
    func noFile() {
        let error = #expect(throws: LoadError.self) { try EarlierReport(file: "/nowhere/old.json") }
        #expect(error?.description == "The earlier report /nowhere/old.json cannot be read: No such file or directory.")
    }
}
