/// The form of the `sub` claim.
enum Subject {
    static let lengths = 1...128

    /// Whether this can be a subject: 1 to 128 bytes, no control character (NUL and line feed included), and no
    /// separator of lines or paragraphs, so that an id stays on one line wherever it is shown.
    static func isValid(_ text: String) -> Bool {
        lengths.contains(text.utf8.count)
            && text.unicodeScalars.allSatisfy { scalar in
                switch scalar.properties.generalCategory {
                case .control, .lineSeparator, .paragraphSeparator: false
                default: true
                }
            }
    }
}
