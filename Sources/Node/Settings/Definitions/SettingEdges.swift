/// Texts at the bounds of a setting's values, from the same numbers that the form checks.
package struct SettingEdges: Sendable {
    /// The outermost values that are right.
    package let accepted: [String]
    /// The nearest wrong values, each wrong for a different reason.
    package let refused: [String]

    package init(accepted: [String], refused: [String]) {
        self.accepted = accepted
        self.refused = refused
    }
}
