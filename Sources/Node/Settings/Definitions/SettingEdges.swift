/// Texts at the bounds of a setting's values, from the same numbers that the form checks.
package struct SettingEdges: Sendable {
    /// The outermost values that are right.
    package let accepted: [String]
    /// The nearest ones that are not, each for another reason.
    package let refused: [String]
}
