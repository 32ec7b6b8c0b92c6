/// Counts of events, by a short name that may come from a server. The number of names is bounded, whatever servers
/// answer. Pure.
package struct CodeCounts: Sendable, Equatable {
    /// Further names count as ``other``.
    package static let namesMax = 48
    private static let nameBytesMax = 80
    /// The name for everything past the bound.
    package static let other = "other"

    /// The counts.
    package private(set) var counts: [String: Int] = [:]

    /// None.
    package init() {}

    /// One more.
    package mutating func add(_ name: String) { add(name, 1) }

    /// Adds all of another one.
    package mutating func add(_ others: CodeCounts) {
        for (name, count) in others.counts { add(name, count) }
    }

    private mutating func add(_ name: String, _ count: Int) {
        let name = Figure.printable(name, bytesMax: Self.nameBytesMax)
        let known = counts[name] != nil || counts.count < Self.namesMax
        counts[known ? name : Self.other, default: 0] += count
    }

    /// The sum.
    package var total: Int { counts.values.reduce(0, +) }

    /// The most frequent first.
    package var sorted: [(name: String, count: Int)] {
        counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { ($0.key, $0.value) }
    }
}
