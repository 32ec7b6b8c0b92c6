/// The server refuses something in the room of a challenge.
public struct ChallengeRefusal: Sendable, Equatable {
    /// The challenge.
    public let challenge: String
    /// The server's stable code, such as `insufficient_funds`, `no_more_hints` or `unknown_challenge`.
    public let code: String
    /// A sentence for people.
    public let message: String
    /// Whether the room has ended with it: it is not joined again.
    public let isFinal: Bool

    /// A refusal.
    package init(challenge: String, code: String, message: String, isFinal: Bool) {
        self.challenge = challenge
        self.code = code
        self.message = message
        self.isFinal = isFinal
    }
}
