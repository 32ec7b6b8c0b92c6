import CoreMetrics
import Telemetry
import Testing

@Suite("Prometheus metrics")
struct PrometheusMetricsTests {
    private let metrics = PrometheusMetrics(
        descriptions: [
            MetricDescription(label: "app.updates", help: "Updates, by outcome.\nC:\\x \"q\""),
            MetricDescription(label: "app.latency", help: "Time to answer.", bounds: [0.001, 0.1, 1]),
            MetricDescription(label: "app.batch", help: "Events in a batch.", bounds: [10, 1, 10, .infinity, .nan]),
        ],
        includesProcess: false)

    /// Returns the value of a series on the page.
    private func value(_ series: String, in metrics: PrometheusMetrics? = nil) -> String? {
        let lines = (metrics ?? self.metrics).render().split(separator: "\n")
        return lines.first { $0.hasPrefix(series + " ") }.map { String($0.dropFirst(series.count + 1)) }
    }

    @Test("the page follows the format exactly")
    func golden() {
        let updates = Counter(
            label: "app.updates", dimensions: [("outcome", "ok"), ("board", "a\"b\\c\nd")], factory: metrics)
        updates.increment(by: 3)
        Counter(label: "app.updates", dimensions: [("outcome", "error")], factory: metrics).increment()
        FloatingPointCounter(label: "app.cost", factory: metrics).increment(by: 0.25)
        Meter(label: "app.connections", factory: metrics).set(7)
        Gauge(label: "app.lag-seconds", factory: metrics).record(1.5)
        let latency = Timer(label: "app.latency", dimensions: [("route", "/x")], factory: metrics)
        latency.recordNanoseconds(1_000_000)
        latency.recordNanoseconds(250_000_000)
        latency.recordNanoseconds(2_000_000_000)
        Recorder(label: "app.batch", factory: metrics).record(4)
        #expect(
            metrics.render() == #"""
                # HELP app_batch Events in a batch.
                # TYPE app_batch histogram
                app_batch_bucket{le="1"} 0
                app_batch_bucket{le="10"} 1
                app_batch_bucket{le="+Inf"} 1
                app_batch_sum 4
                app_batch_count 1
                # TYPE app_connections gauge
                app_connections 7
                # TYPE app_cost_total counter
                app_cost_total 0.25
                # TYPE app_lag_seconds gauge
                app_lag_seconds 1.5
                # HELP app_latency_seconds Time to answer.
                # TYPE app_latency_seconds histogram
                app_latency_seconds_bucket{route="/x",le="0.001"} 1
                app_latency_seconds_bucket{route="/x",le="0.1"} 1
                app_latency_seconds_bucket{route="/x",le="1"} 2
                app_latency_seconds_bucket{route="/x",le="+Inf"} 3
                app_latency_seconds_sum{route="/x"} 2.251
                app_latency_seconds_count{route="/x"} 3
                # HELP app_updates_total Updates, by outcome.\nC:\\x "q"
                # TYPE app_updates_total counter
                app_updates_total{board="a\"b\\c\nd",outcome="ok"} 3
                app_updates_total{outcome="error"} 1
                # HELP scorecast_metrics_dropped_total Recordings dropped: a metric had too many label sets, or \#
                one name two types.
                # TYPE scorecast_metrics_dropped_total counter
                scorecast_metrics_dropped_total 0

                """#)
    }

    @Test(
        "a value counts in the first bucket whose bound it does not exceed",
        arguments: [
            (0.0, [1, 1, 1, 1]), (0.001, [1, 1, 1, 1]), (0.0010001, [0, 1, 1, 1]), (0.1, [0, 1, 1, 1]),
            (1.0, [0, 0, 1, 1]),
            (1.5, [0, 0, 0, 1]), (-1.0, [1, 1, 1, 1]), (Double.nan, [0, 0, 0, 0]), (Double.infinity, [0, 0, 0, 0]),
        ])
    func buckets(_ recorded: Double, _ counts: [Int]) {
        Recorder(label: "app.latency", factory: metrics).record(recorded)
        let found = ["0.001", "0.1", "1", "+Inf"].map { value("app_latency_bucket{le=\"\($0)\"}") }
        #expect(found == counts.map(String.init))
        #expect(value("app_latency_count") == found.last)
    }

    @Test("timers without bounds of their own have the default ones, in seconds")
    func defaultBounds() {
        Timer(label: "t", factory: metrics).recordMicroseconds(60)
        #expect(value(#"t_seconds_bucket{le="5e-05"}"#) == "0")
        #expect(value(#"t_seconds_bucket{le="0.0001"}"#) == "1")
        #expect(metrics.render().split(separator: "\n").filter { $0.hasPrefix("t_seconds_bucket") }.count == 18)
    }

    @Test("names and labels are made valid, whatever they are")
    func names() {
        Counter(label: "1.a-ü/b_total", dimensions: [("le", "x"), ("__p-q", "y"), ("9", "z")], factory: metrics)
            .increment()
        #expect(value(#"_1_a___b_total{_9="z",_p_q="y",le="x"}"#) == nil)
        #expect(value(#"_1_a___b_total{_9="z",_p_q="y",exported_le="x"}"#) == "1")
        Meter(
            label: "", dimensions: [("", "a"), ("", "b"), ("x", String(repeating: "v", count: 500))], factory: metrics
        ).set(1)
        #expect(value("_{_=\"a\",x=\"\(String(repeating: "v", count: 128))…\"}") == "1")
    }

    @Test("the same label and dimensions in any order are one series")
    func identity() {
        Counter(label: "a.b", dimensions: [("x", "1"), ("y", "2")], factory: metrics).increment()
        Counter(label: "a_b", dimensions: [("y", "2"), ("x", "1")], factory: metrics).increment()
        FloatingPointCounter(label: "a.b", dimensions: [("y", "2"), ("x", "1")], factory: metrics).increment(by: 0.5)
        #expect(value(#"a_b_total{x="1",y="2"}"#) == "2.5")
    }

    @Test("counters only grow, until they are reset")
    func counters() {
        let counter = Counter(label: "c", factory: metrics)
        let fractional = FloatingPointCounter(label: "f", factory: metrics)
        counter.increment(by: 5)
        counter.increment(by: -3)
        fractional.increment(by: 1.5)
        fractional.increment(by: -1.0)
        fractional.increment(by: Double.nan)
        #expect(value("c_total") == "5" && value("f_total") == "1.5")
        counter.reset()
        #expect(value("c_total") == "0")
    }

    @Test("gauges go up and down and show values that are not numbers")
    func gauges() {
        let meter = Meter(label: "m", factory: metrics)
        meter.set(10)
        meter.increment(by: 2.5)
        meter.decrement(by: 0.5)
        #expect(value("m") == "12")
        for (number, text) in [(Double.infinity, "+Inf"), (-.infinity, "-Inf"), (.nan, "NaN"), (1e300, "1e+300")] {
            meter.set(number)
            #expect(value("m") == text)
        }
    }

    @Test("label sets beyond the limit are dropped and counted; a destroyed one makes room")
    func limits() {
        let metrics = PrometheusMetrics(seriesMax: 2, familiesMax: 2, includesProcess: false)
        let counters = (0..<4).map { Counter(label: "c", dimensions: [("i", "\($0)")], factory: metrics) }
        for counter in counters { counter.increment() }
        Meter(label: "m", factory: metrics).set(1)
        Meter(label: "n", factory: metrics).set(1)
        Timer(label: "o", factory: metrics).recordSeconds(1)
        #expect(value(#"c_total{i="1"}"#, in: metrics) == "1")
        #expect(value(#"c_total{i="2"}"#, in: metrics) == nil && value("n", in: metrics) == nil)
        #expect(value("scorecast_metrics_dropped_total", in: metrics) == "4")

        counters[0].destroy()
        Counter(label: "c", dimensions: [("i", "2")], factory: metrics).increment()
        #expect(value(#"c_total{i="0"}"#, in: metrics) == nil && value(#"c_total{i="2"}"#, in: metrics) == "1")
    }

    @Test("a name has one type, and the page's own names are reserved")
    func conflicts() {
        Meter(label: "x", factory: metrics).set(1)
        Recorder(label: "x", factory: metrics).record(5)
        Recorder(label: "x", dimensions: [("a", "b")], factory: metrics).record(5)
        Counter(label: "scorecast.metrics.dropped", factory: metrics).increment()
        Meter(label: "process.open.fds", factory: metrics).set(1)
        #expect(value("x") == "1")
        #expect(metrics.render().contains("# TYPE x gauge"))
        #expect(value("scorecast_metrics_dropped_total") == "4")
        #expect(value("process_open_fds") == nil)
    }

    @Test("nothing is lost when many tasks record at once")
    func concurrency() async {
        let (tasks, each) = (8, 20_000)
        let metrics = self.metrics
        await withTaskGroup(of: Void.self) { group in
            for task in 0..<tasks {
                group.addTask {
                    let shared = Counter(label: "shared", factory: metrics)
                    let amount = FloatingPointCounter(label: "amount", factory: metrics)
                    let meter = Meter(label: "meter", factory: metrics)
                    let sizes = Recorder(label: "app.batch", factory: metrics)
                    for i in 0..<each {
                        shared.increment()
                        amount.increment(by: 0.5)
                        meter.increment(by: 2)
                        sizes.record(i % 2 == 0 ? 1 : 5)
                        if i % 1_000 == 0 {
                            Counter(label: "own", dimensions: [("task", "\(task)")], factory: metrics).increment()
                            _ = metrics.render()
                        }
                    }
                }
            }
        }
        let total = tasks * each
        #expect(value("shared_total") == "\(total)" && value("amount_total") == "\(total / 2)")
        #expect(value("meter") == "\(total * 2)")
        #expect(value(#"app_batch_bucket{le="1"}"#) == "\(total / 2)" && value("app_batch_count") == "\(total)")
        #expect(value("app_batch_sum") == "\(total * 3)")
        #expect((0..<tasks).allSatisfy { value("own_total{task=\"\($0)\"}") == "\(each / 1_000)" })
    }
}

@Suite("Process statistics")
struct ProcessStatisticsTests {
    @Test("the kernel's line is parsed by field, whatever the command's name contains")
    func parse() {
        let stat = "42 (a) b (c)) S 1 1 1 0 -1 4194304 9 0 0 0 150 50 0 0 20 0 1 0 1000 8000 25 184467 1 2 3"
        let statistics = ProcessStatistics(
            stat: stat, bootSeconds: 1_700_000_000, ticksPerSecond: 100, pageBytes: 4_096)
        #expect(statistics.cpuSeconds == 2)
        #expect(statistics.startSeconds == 1_700_000_010)
        #expect(statistics.residentBytes == 102_400)
        #expect(ProcessStatistics.bootSeconds(procStat: "cpu 1 2\nbtime 1700000000\nprocesses 3\n") == 1_700_000_000)
    }

    @Test(
        "a cut line or no line gives no statistics",
        arguments: ["", "42 (x) S 1", "42 x S", ")", "1 (x) S a b c"])
    func garbage(_ stat: String) {
        let statistics = ProcessStatistics(stat: stat, bootSeconds: 1, ticksPerSecond: 100, pageBytes: 4_096)
        #expect(statistics == ProcessStatistics())
    }

    #if os(Linux)
        @Test("this process has memory, CPU time, open files and a start, and the page shows them")
        func live() throws {
            let statistics = ProcessStatistics.current()
            #expect(try #require(statistics.residentBytes) > 1 << 20)
            #expect(try #require(statistics.cpuSeconds) >= 0)
            #expect(try #require(statistics.openDescriptors) >= 3)
            #expect(try #require(statistics.startSeconds) > 1_700_000_000)
            let page = PrometheusMetrics().render()
            for line in [
                "# TYPE process_resident_memory_bytes gauge", "# TYPE process_cpu_seconds_total counter",
                "# TYPE process_open_fds gauge", "# TYPE process_start_time_seconds gauge",
            ] {
                #expect(page.contains(line + "\n"))
            }
        }
    #endif
}
