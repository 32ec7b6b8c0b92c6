/// A claim, and whether it holds. A proof without evidence proves nothing, and fails.
package struct Proof: Sendable, Equatable {
    /// A stable name, for programs.
    package var name: String
    /// The claim, as a sentence without its full stop.
    package var statement: String
    /// The evidence, such as the number of checked receipts.
    package var basis: String
    /// Counterexamples; the proof fails if there are any.
    package var differences: Differences
    /// Says why there was no evidence, and what to change; nil if there was evidence.
    package var vacuous: String?

    /// A proof, or a proof without evidence.
    package init(
        name: String, statement: String, basis: String, differences: Differences, vacuous: String? = nil
    ) {
        self.name = name
        self.statement = statement
        self.basis = basis
        self.differences = differences
        self.vacuous = vacuous
    }

    /// Whether there was evidence, and no counterexample.
    package var holds: Bool { differences.count == 0 && vacuous == nil }
}
