import Foundation
import Node
import Telemetry
import TestSupport
import Testing

/// Every metric is explained, on `/metrics` and in the docs.
@Suite("Explanations of metrics") struct MetricCatalogueTests {
    /// Made by the metrics registry itself.
    private static let ownOfRegistry = "scorecast_metrics_dropped_total"

    private static func labels(in text: String) -> Set<String> {
        Set(text.matches(of: #/scorecast_[a-z_]+[a-z]/#).map { String($0.output) })
    }

    /// Returns the code outside the explanations.
    private static func sources() throws -> String {
        let folder = Checkout.root.appending(path: "Sources")
        let files = try #require(FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil))
        var text = ""
        for case let file as URL in files where file.pathExtension == "swift" {
            let isExplanation =
                file.lastPathComponent.hasSuffix("+metrics.swift") || file.lastPathComponent == "MetricCatalogue.swift"
            if !isExplanation { text += try String(contentsOf: file, encoding: .utf8) }
        }
        return text
    }

    @Test(
        "each metric that the code reports is explained once, here and in the docs, and each that is explained exists")
    func everyMetricIsExplained() throws {
        let sources = try Self.sources()
        let reported = Set(sources.matches(of: #/label: "(scorecast_[a-z_]+)"/#).map { String($0.output.1) })
        let all = MetricCatalogue.node.descriptions.map(\.label)
        let explained = Set(all)
        #expect(all.count == explained.count, "no label twice")
        #expect(reported.count > 30)
        #expect(reported.subtracting(explained).subtracting([Self.ownOfRegistry]).isEmpty)
        // The gateway makes counters from a name: `scorecast_gateway_<name>_total`.
        let unreported = explained.subtracting(reported).filter { label in
            guard let name = label.wholeMatch(of: #/scorecast_gateway_([a-z_]+)_total/#)?.output.1 else { return true }
            return !sources.contains("\"\(name)\"")
        }
        #expect(unreported.isEmpty)
        let docs = try String(contentsOf: Checkout.root.appending(path: "docs/operations.md"), encoding: .utf8)
        #expect(explained.union([Self.ownOfRegistry]).subtracting(Self.labels(in: docs)).isEmpty)
    }
}
