import LoadTest
import Testing

@Suite("The HTML report")
struct HTMLReportTests {
    /// A run of this many seconds, with every kind of result.
    private func report(seconds: Int = 30, name: String = "smoke", code: String = "429 rate_limited") -> LoadReport {
        var scenario = Scenario(duration: .seconds(seconds))
        scenario.name = name
        scenario.watchers.count = 2
        var (updates, watching) = (UpdateTally(), WatchTally())
        var (sent, seen) = (TimeSeries<UpdateBucket>(), TimeSeries<WatchBucket>())
        for second in 0..<seconds {
            let milliseconds = Int64(second % 60) + 1
            updates.latency.record(milliseconds * 1000)
            updates.errors.add(code)
            watching.staleness.record(milliseconds * 2000)
            sent.at(.seconds(second)) { bucket in
                (bucket.sent, bucket.accepted) = (10, 9)
                bucket.failed.add(code)
                bucket.latency.record(milliseconds * 1000)
            }
            seen.at(.seconds(second)) { bucket in
                (bucket.messages, bucket.reconnects) = (4, 1)
                bucket.staleness.record(milliseconds * 2000)
            }
        }
        (updates.sent, updates.accepted, updates.acceptedInTraffic) = (10 * seconds, 9 * seconds, 9 * seconds)
        watching.reconnects = seconds
        var report = LoadReport(
            run: LoadReport.Run(
                scenario: scenario, prefix: "load-x-", nodes: ["http://a"], watchNodes: ["ws://b"],
                startedAt: 1_790_000_000_000, trafficTime: .seconds(seconds), isInterrupted: false),
            updates: updates, watching: watching, skew: watching.staleness, converge: .milliseconds(7),
            proofs: [Proof(name: "p", statement: "it holds", basis: "all", differences: Differences())])
        report.timeline = Timeline(sent, seen)
        return report
    }

    private func html(_ report: LoadReport) -> String { String(decoding: report.html, as: UTF8.self) }

    @Test("it needs nothing from elsewhere, and runs nothing")
    func selfContained() {
        let html = html(report())
        #expect(html.hasPrefix("<!doctype html>") && html.contains("default-src 'none'"))
        for mark in [
            "<script", "src=", "href=", "url(", "@import", "<link", "<iframe", " on", "http-equiv=\"refresh\"",
        ] {
            let found = html.firstRange(of: mark).map { html[$0.lowerBound...].prefix(60) }
            #expect(mark == " on" ? html.firstMatch(of: #/ on[a-z]+=/#) == nil : found == nil, "\(found ?? "")")
        }
    }

    @Test("the verdict and the proofs come before the plots, and each plot has a title, a sentence and a table")
    func parts() throws {
        let html = html(report())
        let order = [
            "class=\"verdict", "<h2>Proofs", "<h2>Thresholds", "<h2>Figures", "<h2>What to look at", "<h2>Plots",
        ]
        let places = try order.map { try #require(html.firstRange(of: $0), "\($0)").lowerBound }
        #expect(places == places.sorted())
        for title in [
            "Throughput over time", "Latency over time", "Staleness over time", "Messages to watchers over time",
            "Reconnects of watchers over time", "Failed attempts over time, by code",
            "Latency and staleness by percentile", "Throughput by percentile",
        ] {
            #expect(html.contains("<h3>\(title)</h3>"), "\(title)")
        }
        let figures = html.matches(of: /<figure>/).count
        #expect(figures == 8 && html.matches(of: /<details><summary>Table/).count == figures)
        #expect(html.matches(of: /role="img" aria-labelledby="c\dt c\dd"/).count == figures)
        #expect(html.contains("prefers-color-scheme:dark") && html.contains("@media print"))
    }

    @Test("what comes from scenarios and servers cannot be markup")
    func escaping() {
        let evil = "</title><script>alert('x')</script>\"><img src=x onerror=y>"
        let html = html(report(name: evil, code: "500 " + evil))
        #expect(!html.contains("<script") && !html.contains("<img") && html.contains("&lt;script&gt;"))
    }

    @Test("it stays small for a day, and can be made of a run without anything")
    func sizes() {
        #expect(html(report(seconds: 86_400)).utf8.count < 2 << 20)
        var empty = report(seconds: 1)
        empty.timeline = Timeline()
        (empty.updates, empty.watching) = (UpdateTally(), WatchTally())
        empty.skew = Distribution()
        #expect(html(empty).contains("nothing measured") && !html(empty).contains("nan"))
    }

    // MARK: Axes

    @Test(
        "linear axes begin at 0 and end on a mark right past the largest value",
        arguments: [[0], [3], [7.2], [99], [100], [1234], [0.03], [1e9]] as [[Double]])
    func linear(_ values: [Double]) {
        let scale = ChartScale.linear(values)
        let largest = values.max() ?? 0
        #expect(scale.low == 0 && scale.high >= largest && scale.ticks.last?.value == scale.high)
        #expect((2...6).contains(scale.ticks.count) && (largest == 0 || scale.high < largest * 1.5))
        #expect(scale.place(0) == 0 && scale.place(scale.high) == 1 && scale.place(-5) == 0 && scale.place(1e12) == 1)
    }

    @Test(
        "logarithmic axes hold all values, with few marks, and equal steps for equal ratios",
        arguments: [[1, 1], [0.2, 900], [5, 5], [0, 0], [0.0001, 3], [1, 1e9], [99, 101]] as [[Double]])
    func logarithmic(_ values: [Double]) {
        let scale = ChartScale.logarithmic(values)
        for value in values where value >= 0.001 { #expect(scale.low <= value && value <= scale.high * 1.0001) }
        #expect(scale.low < scale.high && (2...13).contains(scale.ticks.count), "\(scale.ticks)")
        #expect(scale.place(0) == 0 && scale.place(scale.high) == 1)
        let middle = (scale.low * scale.high).squareRoot()
        #expect(abs(scale.place(middle) - 0.5) < 1e-9)
    }

    @Test("times are marked by minutes and hours when there are many", arguments: [1.0, 9, 30, 61, 600, 3600, 86_400])
    func times(_ seconds: Double) {
        let scale = ChartScale.time(seconds: seconds)
        #expect((2...7).contains(scale.ticks.count) && scale.ticks[0].text == "0:00")
        #expect(ChartScale.clock(3725) == "1:02:05" && ChartScale.clock(65) == "1:05")
    }
}
