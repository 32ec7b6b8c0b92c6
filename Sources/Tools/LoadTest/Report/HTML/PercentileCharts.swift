import Foundation

/// The plots by percentile: the share of values that were at least this good.
struct PercentileCharts {
    let report: LoadReport

    private static let shares: [Double] = [
        0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.925, 0.95, 0.97, 0.98, 0.99, 0.995, 0.997, 0.999,
        0.9995,
        0.9999, 0.99999,
    ]
    private static let marked: [(share: Double, text: String)] = [
        (0, "0"), (0.5, "50"), (0.9, "90"), (0.99, "99"), (0.999, "99.9"), (0.9999, "99.99"), (0.99999, "99.999"),
    ]

    /// The plots that have data.
    var all: [Chart] {
        let times: [(String, Distribution)] = [
            ("latency of updates", report.updates.latency), ("staleness", report.watching.staleness),
            ("first to last watcher", report.skew),
        ]
        return [self.times(times.filter { $0.1.count > 0 }), throughput].compactMap { $0 }
    }

    private func times(_ lines: [(name: String, values: Distribution)]) -> Chart? {
        guard let most = lines.map(\.values.count).max() else { return nil }
        let shares = Self.shares(of: most)
        let drawn = lines.map { line in
            Chart.Line(
                name: line.name,
                points: Self.shares(of: line.values.count).map { share in
                    .init(x: Self.nines(share), y: line.values.percentile(share).map { Double($0) / 1000 })
                })
        }
        let rows = shares.map { share in
            [Self.text(share)]
                + lines.map { line in
                    Self.shares(of: line.values.count).contains(share)
                        ? Figure.milliseconds(line.values.percentile(share)) : "-"
                }
        }
        let summary =
            "Milliseconds that a share of all did not pass. "
            + lines.map { line in
                "\(line.name): half \(Figure.milliseconds(line.values.percentile(0.5))), 99 % "
                    + "\(Figure.milliseconds(line.values.percentile(0.99))), all "
                    + "\(Figure.milliseconds(line.values.percentile(1)))"
            }.joined(separator: "; ") + "."
        return Chart(
            title: "Latency and staleness by percentile", summary: summary, x: Self.scale(shares),
            y: .logarithmic(drawn.flatMap { $0.points.compactMap(\.y) }), xTitle: "percent of all",
            yTitle: "ms, logarithmic", lines: drawn, table: (["percent"] + lines.map { "\($0.name), ms" }, rows))
    }

    /// The distribution of accepted updates in a second, from whole buckets of the traffic only.
    private var throughput: Chart? {
        let timeline = report.timeline
        let end = report.run.trafficTime / .seconds(1)
        let rates = timeline.points.filter { Double($0.second + timeline.width) <= end }
            .map { Double($0.accepted) / Double(timeline.width) }.sorted()
        guard report.run.scenario.updates.rate > 0, rates.count >= 4, let least = rates.first, let most = rates.last
        else {
            return nil
        }
        let shares = stride(from: 0.0, through: 1, by: 0.1).map { $0 }
        let value = { (share: Double) in rates[min(Int(share * Double(rates.count)), rates.count - 1)] }
        let ticks = [0, 0.25, 0.5, 0.75, 1].map { ChartScale.Tick($0, "\(Int($0 * 100))") }
        return Chart(
            title: "Throughput by percentile",
            summary: "Accepted updates per second of traffic, from the slowest to the fastest: at least "
                + "\(Figure.tenths(least)), half of the time \(Figure.tenths(value(0.5))) or more, at most "
                + "\(Figure.tenths(most)).",
            x: ChartScale(.linear, low: 0, high: 1, ticks: ticks), y: .linear(rates), xTitle: "percent of the time",
            yTitle: "per second", lines: [.init(name: "accepted", points: shares.map { .init(x: $0, y: value($0)) })],
            table: (
                ["percent of the time", "accepted per second, at most"],
                shares.map { ["\(Int(($0 * 100).rounded()))", Figure.tenths(value($0))] }
            ))
    }

    // MARK: The axis

    /// The last percentile that this number of values can show: the share that all values but one do not exceed.
    private static func shares(of count: Int) -> [Double] {
        shares.filter { $0 <= 0.9 || (1 - $0) * Double(count) >= 0.999999 }
    }

    /// 90, 99, 99.9 and 99.99 % are as far from each other.
    private static func nines(_ share: Double) -> Double { -log10(1 - share) }

    private static func scale(_ shares: [Double]) -> ChartScale {
        let high = shares.last ?? 0.9
        return ChartScale(
            .linear, low: 0, high: nines(high),
            ticks: marked.filter { $0.share <= high }.map { ChartScale.Tick(nines($0.share), $0.text) })
    }

    private static func text(_ share: Double) -> String { Figure.plain((share * 1e7).rounded() / 1e5) }
}
