/// What a command says about one dead letter.
public struct LetterReport: Sendable {
    /// As a JSON object.
    public let json: String
    /// As lines for people.
    public let text: String
    /// Whether the letter is still there.
    public let stays: Bool
}
