import CoreMetrics
import Synchronization

/// Keeps the process's metrics and renders them for Prometheus.
///
/// | swift-metrics | Prometheus | name |
/// |---|---|---|
/// | `Counter`, `FloatingPointCounter` | counter | `<label>_total` |
/// | `Meter`, `Gauge`, `Recorder` without aggregation | gauge | `<label>` |
/// | `Recorder` with aggregation | histogram | `<label>` |
/// | `Timer` | histogram, in seconds | `<label>_seconds` |
///
/// Dots and other characters that Prometheus doesn't allow become `_`; a suffix that is already there is not
/// repeated. The same label and dimensions, in any order, give the same series.
///
/// Metrics should be made once and kept: making one takes a lock, recording takes a few atomic instructions. A
/// recording that passes a limit, or would give one name two types, is dropped and counted in
/// `scorecast_metrics_dropped_total`.
public final class PrometheusMetrics: MetricsFactory {
    /// The `Content-Type` of ``render()``'s text.
    public static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    private let descriptions: Mutex<[String: MetricDescription]>
    private let registry: Mutex<MetricRegistry>
    private let dropped = DroppedSeries()
    private let includesProcess: Bool

    /// - Parameters:
    ///   - descriptions: help texts and buckets; ``describe(_:)`` adds more.
    ///   - seriesMax: most label sets of one metric.
    ///   - familiesMax: most metrics.
    ///   - includesProcess: whether the page has the process's memory, CPU, descriptors and start time (Linux only).
    public init(
        descriptions: [MetricDescription] = [],
        seriesMax: Int = 1_000,
        familiesMax: Int = 1_000,
        includesProcess: Bool = true
    ) {
        self.descriptions = Mutex([:])
        self.registry = Mutex(MetricRegistry(seriesMax: seriesMax, familiesMax: familiesMax))
        self.includesProcess = includesProcess
        describe(descriptions)
    }

    /// Adds help texts and buckets, for metrics that are made from now on; a later one for the same label goes before
    /// an earlier one.
    public func describe(_ descriptions: [MetricDescription]) {
        self.descriptions.withLock { table in
            for description in descriptions { table[ExpositionName.metric(description.label)] = description }
        }
    }

    /// The metrics as a page in the text exposition format 0.0.4, sorted by name and labels.
    public func render() -> String {
        var families = registry.withLock { $0.families.map { ($0.key, $0.value) } }
        families.append(MetricRegistry.droppedFamily(count: dropped.count))
        if includesProcess { families += ProcessStatistics.current().families }
        var page = ExpositionPage()
        for (name, family) in families.sorted(by: { $0.0 < $1.0 }) {
            page.family(name, type: family.kind.rawValue, help: family.help)
            for (labels, series) in family.series.sorted(by: { $0.key < $1.key }) {
                series.render(name: name, labels: labels, into: &page)
            }
        }
        return page.text
    }

    /// The series, or nil if a limit or another type forbids it.
    private func series<Series: MetricSeries>(
        _ kind: MetricKind, _ label: String, suffix: String = "", _ dimensions: [(String, String)],
        make: (MetricDescription?) -> Series
    ) -> Series? {
        let base = ExpositionName.metric(label)
        let name = base.hasSuffix(suffix) ? base : base + suffix
        let labels = ExpositionName.labels(dimensions)
        let description = descriptions.withLock { $0[base] }
        return registry.withLock {
            $0.series(kind, name: name, labels: labels, help: description?.help) { make(description) }
        }
    }
}

extension PrometheusMetrics {
    /// A counter; see the table above.
    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        series(.counter, label, suffix: "_total", dimensions) { _ in CounterSeries() } ?? dropped
    }

    /// A counter of fractional amounts; see the table above.
    public func makeFloatingPointCounter(
        label: String, dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        series(.counter, label, suffix: "_total", dimensions) { _ in CounterSeries() } ?? dropped
    }

    /// A gauge; see the table above.
    public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        series(.gauge, label, dimensions) { _ in GaugeSeries() } ?? dropped
    }

    /// A histogram if it aggregates, else a gauge; see the table above.
    public func makeRecorder(
        label: String, dimensions: [(String, String)], aggregate: Bool
    ) -> any RecorderHandler {
        guard aggregate else { return series(.gauge, label, dimensions) { _ in GaugeSeries() } ?? dropped }
        return series(.histogram, label, dimensions) { description in
            HistogramSeries(bounds: MetricDescription.usable(description?.bounds ?? MetricDescription.recorderBounds))
        } ?? dropped
    }

    /// A histogram in seconds; see the table above.
    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        series(.histogram, label, suffix: "_seconds", dimensions) { description in
            HistogramSeries(bounds: MetricDescription.usable(description?.bounds ?? MetricDescription.timerBounds))
        } ?? dropped
    }

    /// Takes the series from the page; its place is free again.
    public func destroyCounter(_ handler: any CounterHandler) { remove(handler) }
    /// Takes the series from the page; its place is free again.
    public func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) { remove(handler) }
    /// Takes the series from the page; its place is free again.
    public func destroyMeter(_ handler: any MeterHandler) { remove(handler) }
    /// Takes the series from the page; its place is free again.
    public func destroyRecorder(_ handler: any RecorderHandler) { remove(handler) }
    /// Takes the series from the page; its place is free again.
    public func destroyTimer(_ handler: any TimerHandler) { remove(handler) }

    private func remove(_ handler: AnyObject) {
        registry.withLock { $0.remove(handler) }
    }
}
