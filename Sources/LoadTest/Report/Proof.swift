/// Something that was found to be so, or not. A proof that had nothing to look at proves nothing, and fails.
package struct Proof: Sendable, Equatable {
    /// A stable name, for programs.
    package var name: String
    /// What is proved, as a sentence without its full stop.
    package var statement: String
    /// What it rests on, such as how many were looked at.
    package var basis: String
    /// What speaks against it; the proof fails where there is anything.
    package var differences: Differences
    /// Why there was nothing to prove, and what to change; nil when there was something.
    package var vacuous: String?

    /// A proof, or the lack of one.
    package init(
        name: String, statement: String, basis: String, differences: Differences, vacuous: String? = nil
    ) {
        self.name = name
        self.statement = statement
        self.basis = basis
        self.differences = differences
        self.vacuous = vacuous
    }

    /// Whether there was something to prove, and nothing speaks against it.
    package var holds: Bool { differences.count == 0 && vacuous == nil }
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
        // Names in it can come from the server.
        if first.count < Self.keptMax { first.append(Figure.printable(text())) }
    }

    /// All of another one.
    package mutating func add(_ other: Differences) {
        count += other.count
        first += other.first.prefix(Self.keptMax - first.count)
    }
}
