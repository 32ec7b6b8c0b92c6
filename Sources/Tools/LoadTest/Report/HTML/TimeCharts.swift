/// The plots over time, made of a run's time series.
struct TimeCharts {
    private let timeline: Timeline
    private let end: Double
    private let hasUpdates: Bool
    private let hasWatchers: Bool

    init(_ report: LoadReport) {
        timeline = report.timeline
        end = report.run.trafficTime / .seconds(1)
        hasUpdates = report.run.scenario.updates.rate > 0
        hasWatchers = report.run.scenario.watchers.count > 0
    }

    /// The plots that have data.
    var all: [Chart] {
        guard !timeline.points.isEmpty else { return [] }
        var charts: [Chart?] = []
        if hasUpdates {
            charts += [
                throughput, failures,
                spread("Latency over time", "latency of updates, from when each was due", \.latency),
            ]
        }
        if hasWatchers {
            charts += [
                spread("Staleness over time", "staleness, from the commit to the arrival", \.staleness), messages,
                reconnects,
            ]
        }
        return charts.compactMap { $0 }
    }

    private var throughput: Chart? {
        var lines: [(String, (Timeline.Point) -> Double)] = [
            ("accepted", { Double($0.accepted) }), ("sent", { Double($0.sent) }),
        ]
        if timeline.points.contains(where: { $0.failed.total > 0 }) {
            lines.append(("failed attempts", { Double($0.failed.total) }))
        }
        return rates("Throughput over time", lines)
    }

    private var failures: Chart? {
        var all = CodeCounts()
        for point in timeline.points { all.add(point.failed) }
        let codes = all.sorted.map(\.name)
        guard !codes.isEmpty else { return nil }
        let own = codes.count <= Chart.linesMax ? codes : Array(codes.prefix(Chart.linesMax - 1))
        var lines: [(String, (Timeline.Point) -> Double)] = own.map { code in
            (code, { Double($0.failed.counts[code] ?? 0) })
        }
        if own.count < codes.count {
            lines.append(
                (
                    "others",
                    { point in Double(point.failed.total - own.reduce(0) { $0 + (point.failed.counts[$1] ?? 0) }) }
                ))
        }
        return rates("Failed attempts over time, by code", lines)
    }

    private var messages: Chart? { rates("Messages to watchers over time", [("messages", { Double($0.messages) })]) }

    private var reconnects: Chart? {
        guard timeline.points.contains(where: { $0.reconnects > 0 }) else { return nil }
        return rates("Reconnects of watchers over time", [("reconnects", { Double($0.reconnects) })])
    }

    // MARK: Kinds of plots

    /// Counts in a second.
    private func rates(_ title: String, _ lines: [(name: String, count: (Timeline.Point) -> Double)]) -> Chart? {
        let points = timeline.points
        let drawn = lines.map { line in
            Chart.Line(name: line.name, points: points.map { .init(x: middle($0), y: line.count($0) / length($0)) })
        }
        let texts = points.enumerated().map { place, point in
            drawn.map { "\($0.name) \(Figure.tenths($0.points[place].y ?? 0))/s" }.joined(separator: ", ")
        }
        let summary = lines.map { line in
            let values = points.map { line.count($0) / length($0) }
            return "\(line.name): up to \(Figure.tenths(values.max() ?? 0)) a second, "
                + "\(Figure.plain(points.reduce(0) { $0 + line.count($1) })) in all"
        }.joined(separator: "; ")
        return chart(
            title, summary, .linear(drawn.flatMap { $0.points.compactMap(\.y) }), "per second", drawn, texts,
            head: drawn.map { "\($0.name) per second" },
            cells: points.indices.map { place in drawn.map { Figure.tenths($0.points[place].y ?? 0) } })
    }

    /// Percentiles of each bucket, on a logarithmic scale: the largest can be a thousand times the median.
    private func spread(_ title: String, _ what: String, _ spread: KeyPath<Timeline.Point, Timeline.Spread?>) -> Chart?
    {
        let points = timeline.points
        let kinds: [(String, KeyPath<Timeline.Spread, Double>)] = [("p50", \.p50), ("p99", \.p99), ("max", \.max)]
        let lines = kinds.map { name, kind in
            Chart.Line(name: name, points: points.map { .init(x: middle($0), y: $0[keyPath: spread]?[keyPath: kind]) })
        }
        let values = lines.flatMap { $0.points.compactMap(\.y) }
        guard !values.isEmpty else { return nil }
        let texts = points.indices.map { place in
            lines.map { "\($0.name) \($0.points[place].y.map { "\(Figure.tenths($0)) ms" } ?? "-")" }
                .joined(separator: ", ")
        }
        let summary =
            "Milliseconds of \(what). "
            + lines.map { line in
                let values = line.points.compactMap(\.y)
                return "\(line.name) \(Figure.tenths(values.min() ?? 0)) to \(Figure.tenths(values.max() ?? 0))"
            }.joined(separator: ", ") + "."
        return chart(
            title, summary, .logarithmic(values), "ms, logarithmic", lines, texts, head: lines.map { "\($0.name), ms" },
            cells: points.indices.map { place in lines.map { $0.points[place].y.map(Figure.tenths) ?? "-" } })
    }

    private func chart(
        _ title: String, _ summary: String, _ scale: ChartScale, _ yTitle: String, _ lines: [Chart.Line],
        _ texts: [String], head: [String], cells: [[String]]
    ) -> Chart {
        let points = timeline.points
        let last = Double((points.last?.second ?? 0) + timeline.width)
        var chart = Chart(
            title: title, summary: summary, x: .time(seconds: max(last, end)), y: scale, xTitle: "time", yTitle: yTitle,
            lines: lines,
            table: (
                ["from"] + head,
                points.indices.map { [ChartScale.clock(Double(points[$0].second))] + cells[$0] }
            ))
        chart.mark = (end, "end of traffic")
        chart.tips = (
            Double(timeline.width),
            points.indices.map { place in
                let second = Double(points[place].second)
                return (second, "\(ChartScale.clock(second)): \(texts[place])")
            }
        )
        return chart
    }

    // MARK: Times

    private func middle(_ point: Timeline.Point) -> Double { Double(point.second) + length(point) / 2 }

    /// The seconds of traffic that a point covers: less than its width at the end of the traffic.
    private func length(_ point: Timeline.Point) -> Double {
        let (start, width) = (Double(point.second), Double(timeline.width))
        return end > start ? min(end - start, width) : width
    }
}
