/// Why the AI service gave nothing.
public struct AIError: Error, Sendable, CustomStringConvertible {
    /// The kinds of failures. The raw value is a name for metrics.
    public enum Kind: String, Sendable, CaseIterable {
        /// The circuit breaker is open: the service was not asked.
        case open
        /// The service cannot be reached, or the connection was lost.
        case unreachable
        /// No whole answer came in time.
        case timedOut = "timed_out"
        /// A status of 500 or more.
        case serverError = "server_error"
        /// Another status than 200.
        case refused
        /// The answer does not fit the schema, or is too long.
        case invalid
        /// The caller gave up.
        case cancelled
    }

    /// The kind.
    public let kind: Kind
    /// The reason, for operators. It repeats nothing of the answer.
    public let description: String

    /// Gathers the parts.
    public init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = description
    }

    /// Whether the same request may succeed a moment later.
    var mayPass: Bool { kind == .unreachable || kind == .timedOut || kind == .serverError }

    /// Whether another request would fare the same now: the service is away, and not merely wrong.
    public var isAway: Bool { kind != .invalid && kind != .refused }
}
