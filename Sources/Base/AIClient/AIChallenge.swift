import StrictJSON

/// A challenge that the AI service made. It fits the schema of ``AIClient/challenge(for:preferences:difficulty:)``.
public struct AIChallenge: Sendable, Equatable {
    /// A hint, and what it costs.
    public struct Hint: Sendable, Equatable {
        /// 1 to 1000 characters.
        public let text: String
        /// In coins, 0 to 1,000,000.
        public let cost: Int64
    }

    /// 1 to 200 characters on one line.
    public let title: String
    /// Up to 10,000 characters.
    public let description: String
    /// Up to 20 of 1 to 500 characters.
    public let steps: [String]
    /// Up to 10.
    public let hints: [Hint]

    /// Reads an answer: `{"challenge":{"title","description","steps","hints"}}`. All four members must be there.
    /// Members that the schema does not name are ignored.
    ///
    /// - Throws: ``AIError`` of the kind `invalid`, with the member that does not fit.
    init(answer: [UInt8]) throws(AIError) {
        let challenge = try AIAnswer(answer).member("challenge")
        title = try challenge.member("title").text(characters: 1...200, isOneLine: true)
        description = try challenge.member("description").text(characters: 0...10_000)
        var (steps, hints): ([String], [Hint]) = ([], [])
        for step in try challenge.member("steps").elements(upTo: 20) {
            steps.append(try step.text(characters: 1...500))
        }
        for hint in try challenge.member("hints").elements(upTo: 10) {
            let text = try hint.member("text").text(characters: 1...1000)
            hints.append(Hint(text: text, cost: try hint.member("cost").integer(in: 0...1_000_000)))
        }
        self.steps = steps
        self.hints = hints
    }
}
