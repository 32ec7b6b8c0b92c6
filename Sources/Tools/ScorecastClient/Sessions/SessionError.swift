import StrictJSON

/// A request about an account that failed. It holds no password and no token.
public struct SessionError: Error, Sendable, CustomStringConvertible {
    /// The kinds, to tell them apart in code.
    public enum Kind: String, Sendable {
        /// The request cannot be made as it is; nothing was sent.
        case invalidConfiguration = "invalid_configuration"
        /// The server does not do this, such as 401 for a wrong password.
        case refused
        /// No answer, a limit (429), or a server in trouble (5xx): later it may succeed.
        case unavailable
    }

    /// A field of the request that is at fault.
    public struct Detail: Sendable {
        /// The name of the field.
        public let field: String
        /// The reason, for people.
        public let reason: String
    }

    /// The kind of the error.
    public let kind: Kind
    /// A sentence for people.
    public let message: String
    /// The HTTP status; nil without an answer.
    public let status: Int?
    /// The server's own stable code, such as `invalid_credentials` or `taken`, if it gave one.
    public let code: String?
    /// The fields at fault.
    public let details: [Detail]
    /// The time that the server asks to wait for, if it does.
    public let retryAfter: Duration?

    /// An error, such as one of a ``SessionTransport``.
    public init(
        _ kind: Kind, _ message: String, status: Int? = nil, code: String? = nil, details: [Detail] = [],
        retryAfter: Duration? = nil
    ) {
        self.kind = kind
        self.message = message
        self.status = status
        self.code = code
        self.details = details
        self.retryAfter = retryAfter
    }

    /// The kind and the message.
    public var description: String { "\(kind.rawValue): \(message)" }
}

extension SessionError {
    /// The error of an answer with another status than 2xx.
    init(_ response: SessionResponse) {
        let body = response.json
        let text = { (value: JSONValue?) in value?.string.map { String($0.prefix(256)) } }
        let details = body?["details"]?.array?.prefix(32).compactMap { item -> Detail? in
            guard let field = text(item["field"]), let reason = text(item["reason"]) else { return nil }
            return Detail(field: field, reason: reason)
        }
        self.init(
            response.status == 429 || response.status >= 500 ? .unavailable : .refused,
            text(body?["message"]) ?? "the server answers with status \(response.status)", status: response.status,
            code: text(body?["code"]), details: details ?? [], retryAfter: response.retryAfter)
    }
}
