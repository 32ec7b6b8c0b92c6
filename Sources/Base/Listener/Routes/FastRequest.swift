import NIOCore
import NIOHTTP1

/// A whole request for a fast route.
public struct FastRequest: Sendable {
    /// Method, path and fields.
    public var head: HTTPRequestHead
    /// The body, at most `FastRoute.bodyBytesMax` long.
    public var body: ByteBuffer
    /// The other end of the connection.
    public var remoteAddress: SocketAddress?
    /// Whether the body has a content coding (RFC 9110, 8.4), so that it is not what its media type says.
    public var hasContentCoding: Bool

    /// Gathers the parts of a request.
    public init(
        head: HTTPRequestHead, body: ByteBuffer, remoteAddress: SocketAddress?, hasContentCoding: Bool = false
    ) {
        self.head = head
        self.body = body
        self.remoteAddress = remoteAddress
        self.hasContentCoding = hasContentCoding
    }
}
