import Foundation
import Telemetry
import TestSupport
import Testing

/// Every metric is explained, on `/metrics` and in the docs.
@Suite struct MetricCatalogueTests {
    private static func labels(in text: String) -> Set<String> {
        Set(text.matches(of: #/scorecast_[a-z_]+[a-z]/#).map { String($0.output) })
    }

    /// Returns the labels that the sources use for metrics.
    private static func used() throws -> Set<String> {
        let sources = Checkout.root.appending(path: "Sources")
        let files = try #require(FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil))
        var labels: Set<String> = []
        for case let file as URL in files where file.pathExtension == "swift" {
            let text = try String(contentsOf: file, encoding: .utf8)
            for match in text.matches(of: #/label: "(scorecast_[a-z_]+)"/#) { labels.insert(String(match.output.1)) }
        }
        return labels
    }

    @Test func everyMetricIsExplained() throws {
        let used = try Self.used()
        #expect(used.count > 30)
        let explained = Set(MetricCatalogue.all.map(\.label)).union(["scorecast_metrics_dropped_total"])
        #expect(used.subtracting(explained).isEmpty)
        let docs = try String(contentsOf: Checkout.root.appending(path: "docs/operations.md"), encoding: .utf8)
        #expect(explained.subtracting(Self.labels(in: docs)).isEmpty)
        #expect(MetricCatalogue.all.count == Set(MetricCatalogue.all.map(\.label)).count)
    }
}
