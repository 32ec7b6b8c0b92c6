import StrictJSON

/// The answer to a request of a session.
public struct SessionResponse: Sendable {
    /// The HTTP status.
    public var status: Int
    /// The time in the field `Retry-After`, if there is one in seconds.
    public var retryAfter: Duration?
    /// The body.
    public var body: [UInt8]

    /// An answer, as a ``SessionTransport`` gives it.
    public init(status: Int, retryAfter: Duration? = nil, body: [UInt8]) {
        self.status = status
        self.retryAfter = retryAfter
        self.body = body
    }

    /// The body as JSON; nil if it is something else.
    var json: JSONValue? { try? JSONValue(body) }

    /// Whether the status is 2xx.
    var isSuccess: Bool { (200..<300).contains(status) }

    /// Whether the server refused the token. A wrong password is told by 401 too, with another code.
    var refusesToken: Bool { status == 401 && json?["code"]?.string == "unauthorized" }
}
