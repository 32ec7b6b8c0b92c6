/// Something that was found to be so, or not.
package struct Proof: Sendable, Equatable {
    /// A stable name, for programs.
    package var name: String
    /// What is proved, as a sentence without its full stop.
    package var statement: String
    /// What it rests on, such as how many were looked at.
    package var basis: String
    /// What speaks against it; the proof fails where there is anything.
    package var differences: Differences

    /// A proof, or the lack of one.
    package init(name: String, statement: String, basis: String, differences: Differences) {
        self.name = name
        self.statement = statement
        self.basis = basis
        self.differences = differences
    }

    /// Whether nothing speaks against it.
    package var holds: Bool { differences.count == 0 }
}

/// What differs from what must be: how often, and the first few in words.
package struct Differences: Sendable, Equatable {
    /// More are counted, and not kept.
    package static let keptMax = 5

    /// How many there are.
    package private(set) var count = 0
    /// The first of them.
    package private(set) var first: [String] = []

    /// None.
    package init() {}

    /// One more.
    package mutating func add(_ text: @autoclosure () -> String) {
        count += 1
        if first.count < Self.keptMax { first.append(text()) }
    }

    /// All of another one.
    package mutating func add(_ other: Differences) {
        count += other.count
        first += other.first.prefix(Self.keptMax - first.count)
    }
}
