/// A question that a new connection asks its server before it is of use: whether this is the server that is wanted.
///
/// All questions of a connection go out in one write, together with the rest of the handshake.
public struct RedisQuestion: Sendable {
    /// The meaning of an answer.
    public enum Verdict: Sendable {
        /// The connection can be used, as far as this question goes.
        case good
        /// The answer alone does not decide: this has to be asked, too.
        case ask(RedisQuestion)
        /// The connection must not be used. It is closed, and another one is tried.
        case refuse(RedisError)
    }

    /// Names the question in errors.
    public let name: String
    /// The command with its arguments.
    public let arguments: [String]
    /// Judges the reply, which may be an error reply. Called on the connection's event loop; must not block.
    public let judge: @Sendable (RESPValue) -> Verdict

    /// Makes a question of its parts.
    public init(_ name: String, _ arguments: [String], judge: @escaping @Sendable (RESPValue) -> Verdict) {
        self.name = name
        self.arguments = arguments
        self.judge = judge
    }
}
