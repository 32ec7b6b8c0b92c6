import NIOCore
import NIOHTTP1

/// A whole response of a fast route. `Content-Length`, `Date` and `Connection` are added when it is written.
public struct FastResponse: Sendable {
    /// The status.
    public var status: HTTPResponseStatus
    /// Further fields, with their names as they go onto the wire. They are written as they are, so text from a client
    /// must not hold a line break.
    public var fields: [(name: String, value: String)]
    /// The body.
    public var body: ByteBuffer
    /// Whether the connection ends with this response.
    public var closes: Bool
    /// Whether the response does not tell its length, as an answer to HEAD does not if the body would be a stream.
    package var lengthIsUnknown = false

    /// A response.
    public init(
        status: HTTPResponseStatus, fields: [(name: String, value: String)] = [], body: ByteBuffer = ByteBuffer(),
        closes: Bool = false
    ) {
        self.status = status
        self.fields = fields
        self.body = body
        self.closes = closes
    }
}
