/// Differences from the expected state: their number, and the first few in words.
package struct Differences: Sendable, Equatable {
    /// Further ones are counted, but not kept.
    package static let keptMax = 5

    /// Their number.
    package private(set) var count = 0
    /// The first of them.
    package private(set) var first: [String] = []

    /// None.
    package init() {}

    /// One more.
    package mutating func add(_ text: @autoclosure () -> String) {
        count += 1
        // It can have names that come from the server.
        if first.count < Self.keptMax { first.append(Figure.printable(text())) }
    }

    /// All of another one.
    package mutating func add(_ other: Differences) {
        count += other.count
        first += other.first.prefix(Self.keptMax - first.count)
    }
}
