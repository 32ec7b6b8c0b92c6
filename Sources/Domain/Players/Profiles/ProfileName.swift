/// The name under which others see a user. Names need not be unique.
public struct ProfileName: Sendable, Equatable {
    /// The name: trimmed, NFC, 1 to 32 graphemes.
    public let text: String

    /// The most characters, as people count them.
    public static let graphemesMax = 32
    /// The rule, as a clause that can follow a field's name.
    public static let form = ShownText.form(graphemes: graphemesMax)

    /// The name of a text; nil if it cannot be one. See ``ShownText``.
    public init?(_ text: String) {
        guard let normalized = ShownText.normalized(text, graphemes: Self.graphemesMax) else { return nil }
        self.text = normalized
    }
}
