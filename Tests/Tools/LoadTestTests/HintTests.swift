import LoadTest
import Testing

@Suite("Hints about failures")
struct HintTests {
    @Test(
        "each kind of failed request has a hint of its own",
        arguments: [
            ("429 rate_limited by user", "SCORECAST_RATE_LIMIT=off"), ("429 rate_limited", "SCORECAST_RATE_LIMIT=off"),
            ("429 rate_limited by address", "SCORECAST_ADDRESS_RATE_LIMIT"),
            ("429 rate_limited by daily", "another name"), ("401 unauthorized", "SCORECAST_JWT_SECRET"),
            ("403 suspicious_activity", "SCORECAST_ACTION_KEYS"), ("403 forbidden", "may not do this"),
            ("404 unknown_action", "does not know the action"), ("301 without a code", "not followed"),
            ("503 unavailable", "/readyz"), ("500 without a code", "log"), ("502 without a code", "proxy"),
            ("timeout", "updates.timeout"), ("connect timeout", "in time"),
            ("connection refused", "Nobody listened"), ("out of file descriptors", "ulimit -n"),
            ("out of local ports", "ports"), ("connection lost", "cut"), ("no such host", "name"),
        ])
    func requests(_ name: String, _ words: String) throws {
        #expect(try #require(Hint.of(error: name, clocks: 0)).contains(words))
    }

    @Test("clocks that differ are the cause before keys are, however they differ")
    func clocks() throws {
        for name in ["401 unauthorized", "403 suspicious_activity"] {
            let ahead = try #require(Hint.of(error: name, clocks: 40))
            #expect(ahead.hasPrefix("Clocks differ by 40 s: a node is ahead") && ahead.contains("NTP"))
            #expect(try #require(Hint.of(error: name, clocks: -700)).contains("700 s: a node is behind"))
            #expect(try #require(Hint.of(error: name, clocks: 2)).contains("keys differ"))
        }
    }

    @Test(
        "each kind of lost connection has one",
        arguments: [
            ("unreachable: connection refused", "Nobody listened"),
            ("unreachable: out of file descriptors", "ulimit -n"),
            ("refused 503 unavailable", "SCORECAST_GATEWAY_JOIN_RATE"), ("refused 429 rate_limited", "ADDRESS"),
            ("ended unauthorized", "private"), ("ended not_found", "no such board"), ("closed 1012", "restarted"),
            ("silent", "proxy"), ("handshake_timed_out", "watchers.arrivals"),
        ])
    func losses(_ name: String, _ words: String) throws {
        #expect(try #require(Hint.of(loss: name)).contains(words))
    }

    @Test("a slow harness is told from a slow deployment")
    func lateness() {
        var tally = UpdateTally()
        (tally.late, tally.lateForConnections) = (10, 9)
        #expect(Hint.lateness(tally, cores: 0.2, of: 8).contains("raise updates.connections"))
        #expect(
            Hint.lateness(tally, cores: 1.9, of: 2).contains("did not get to them in time (it used 1.9 of 2 cores)"))
        tally.lateForConnections = 2
        #expect(Hint.lateness(tally, cores: 0.2, of: 8).contains("did not get to them in time"))
    }

    @Test("a few late requests are told, and are not a failure")
    func fewLate() {
        var updates = UpdateTally()
        (updates.sent, updates.late, updates.latenessMax) = (1000, 10, 15_100)
        var report = LoadReport(
            run: LoadReport.Run(
                scenario: Scenario(duration: .seconds(2)), prefix: "load-x-", nodes: ["http://a"], watchNodes: [],
                startedAt: 1, trafficTime: .seconds(2), isInterrupted: false),
            updates: updates, watching: WatchTally(), skew: Distribution(), converge: nil, proofs: [])
        #expect(report.hints.isEmpty && report.text.contains(/sent late +10 +by up to 15\.1 ms/))
        report.updates.late = 11
        #expect(report.hints.map(\.about) == ["late requests"] && report.text.contains("could not keep up: 11"))
    }

    @Test("a report has a hint beside each failure, in text, JSON and HTML")
    func report() {
        var scenario = Scenario(duration: .seconds(2))
        scenario.watchers.count = 1
        scenario.thresholds = [.updateErrors: 0, .stalenessP99: 5]
        var updates = UpdateTally()
        (updates.sent, updates.refused, updates.late) = (10, 7, 3)
        for _ in 0..<687 { updates.errors.add("429 rate_limited by user") }
        var watching = WatchTally()
        watching.losses.add("closed 1012")
        var differences = Differences()
        differences.add("watcher 0 shows nothing")
        let report = LoadReport(
            run: LoadReport.Run(
                scenario: scenario, prefix: "load-x-", nodes: ["http://a"], watchNodes: ["ws://b"], startedAt: 1,
                trafficTime: .seconds(2), isInterrupted: false),
            updates: updates, watching: watching, skew: Distribution(), converge: nil,
            proofs: [Proof(name: "converged", statement: "it holds", basis: "all", differences: differences)])
        #expect(
            report.hints.map(\.about) == [
                "429 rate_limited by user", "closed 1012", "late requests", "converged", "update_error_share",
                "staleness_p99_ms",
            ])
        #expect(report.hints[0].line.hasPrefix("687 × 429 rate_limited by user: Set SCORECAST_RATE_LIMIT=off"))
        let html = String(decoding: report.html, as: UTF8.self)
        for hint in report.hints {
            #expect(report.text.contains("→ \(hint.text)"), "\(hint)")
            #expect(html.contains(hint.text.replacing("'", with: "&#39;")), "\(hint)")
        }
    }
}
