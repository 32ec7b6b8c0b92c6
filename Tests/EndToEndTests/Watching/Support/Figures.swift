/// A set of measured numbers, and their statistics.
struct Figures: Sendable {
    private var sorted: [Double]

    init(_ values: some Sequence<Double>) { sorted = values.sorted() }

    var count: Int { sorted.count }
    var least: Double { sorted.first ?? .nan }
    var most: Double { sorted.last ?? .nan }

    /// Returns the percentile (nearest rank).
    func percentile(_ percent: Double) -> Double {
        guard !sorted.isEmpty else { return .nan }
        let rank = (percent / 100 * Double(sorted.count)).rounded(.up)
        return sorted[min(max(Int(rank) - 1, 0), sorted.count - 1)]
    }

    /// A short summary in milliseconds.
    var summary: String {
        let parts = [("p50", percentile(50)), ("p99", percentile(99)), ("p99.9", percentile(99.9)), ("max", most)]
        return parts.map { "\($0.0) \(Self.short($0.1))" }.joined(separator: ", ") + " ms (\(count) values)"
    }

    /// Returns the value with one decimal digit.
    static func short(_ value: Double) -> String {
        guard value.isFinite else { return "-" }
        let tenths = Int((value * 10).rounded())
        return "\(tenths < 0 ? "-" : "")\(abs(tenths) / 10).\(abs(tenths) % 10)"
    }
}

/// Results of a test, printed in readable form whether or not the test passes.
struct Report {
    private let title: String
    private var lines: [String] = []

    init(_ title: String) { self.title = title }

    mutating func add(_ name: String, _ value: String) { lines.append("  \(name): \(value)") }
    mutating func add(_ name: String, _ value: Int) { add(name, "\(value)") }

    /// Adds the memory of a node in RAM, in bytes, before and after something.
    mutating func addMemory(before: Int, after: Int) {
        add("memory of the node, KiB", "\(before / 1024) before, \(after / 1024) after")
    }

    func print() { Swift.print(([title] + lines).joined(separator: "\n")) }
}

extension Duration {
    var milliseconds: Double { self / .milliseconds(1) }
}
