/// The refusal of a handshake by the server.
public struct HandshakeRefusal: Sendable, Equatable {
    /// The HTTP status.
    public var status: Int
    /// The stable code of the body, if there is one.
    public var code: String?
    /// The sentence of the body, if there is one.
    public var message: String?
    /// The field `Retry-After`, if it is given in seconds.
    public var retryAfter: Duration?

    /// A refusal.
    public init(status: Int, code: String? = nil, message: String? = nil, retryAfter: Duration? = nil) {
        self.status = status
        self.code = code
        self.message = message
        self.retryAfter = retryAfter
    }
}
