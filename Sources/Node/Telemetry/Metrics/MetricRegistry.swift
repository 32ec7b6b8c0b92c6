/// The type of a metric family, as in its `# TYPE` line.
enum MetricKind: String, Sendable {
    case counter, gauge, histogram
}

/// All series of one metric, by their labels.
struct MetricFamily: Sendable {
    let kind: MetricKind
    let help: String?
    var series: [String: any MetricSeries] = [:]
}

/// The families by name, within limits.
struct MetricRegistry: Sendable {
    static let droppedName = "scorecast_metrics_dropped_total"

    private let seriesMax: Int
    private let familiesMax: Int
    private(set) var families: [String: MetricFamily] = [:]
    /// Where each series is, for its removal.
    private var places: [ObjectIdentifier: (name: String, labels: String)] = [:]

    init(seriesMax: Int, familiesMax: Int) {
        self.seriesMax = seriesMax
        self.familiesMax = familiesMax
    }

    /// The series of that name and those labels, made if it is not there; nil if a limit or another type forbids it.
    mutating func series<Series: MetricSeries>(
        _ kind: MetricKind, name: String, labels: String, help: String?, make: () -> Series
    ) -> Series? {
        guard name != Self.droppedName, !ProcessStatistics.names.contains(name) else { return nil }
        guard var family = families[name] else {
            guard families.count < familiesMax, seriesMax > 0 else { return nil }
            let series = make()
            places[ObjectIdentifier(series)] = (name, labels)
            families[name] = MetricFamily(kind: kind, help: help, series: [labels: series])
            return series
        }
        if let existing = family.series[labels] { return existing as? Series }
        guard family.kind == kind, family.series.count < seriesMax else { return nil }
        let series = make()
        places[ObjectIdentifier(series)] = (name, labels)
        // Taken out while it is changed, or each new series would copy the family's dictionary.
        families[name] = nil
        family.series[labels] = series
        families[name] = family
        return series
    }

    /// Removes the series, and its family with the last one.
    mutating func remove(_ handler: AnyObject) {
        guard let (name, labels) = places.removeValue(forKey: ObjectIdentifier(handler)) else { return }
        families[name]?.series[labels] = nil
        if families[name]?.series.isEmpty == true { families[name] = nil }
    }

    /// The family that says how much was dropped; always on the page, so that an alert finds it.
    static func droppedFamily(count: Int64) -> (String, MetricFamily) {
        let help = "Recordings dropped: a metric had too many label sets, or one name two types."
        return (droppedName, .single(.counter, help: help, value: String(count)))
    }
}

extension MetricFamily {
    /// A family of one value that is known when the page is rendered.
    static func single(_ kind: MetricKind, help: String, value: String) -> MetricFamily {
        MetricFamily(kind: kind, help: help, series: ["": FixedSeries(value: value)])
    }
}

private final class FixedSeries: MetricSeries {
    private let value: String

    init(value: String) {
        self.value = value
    }

    func render(name: String, labels: String, into page: inout ExpositionPage) {
        page.sample(name, labels, value)
    }
}
