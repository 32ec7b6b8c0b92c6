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
