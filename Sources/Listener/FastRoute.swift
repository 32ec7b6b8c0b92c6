// The listener: one port, one HTTP/1.1 parser, and in front of Hummingbird a handler that serves the routes which must be fast
// (score updates) or which leave HTTP (WebSocket). All else goes on to Hummingbird.

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
    /// Whether the body is in a content coding (RFC 9110, 8.4), so that it is not what its media type says.
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

/// A whole response of a fast route. `Content-Length`, `Date` and `Connection` are added when it is written.
public struct FastResponse: Sendable {
    /// The status.
    public var status: HTTPResponseStatus
    /// Further fields, with their names as they shall be on the wire. They are written as they are: what comes from a
    /// client must hold no line break.
    public var fields: [(name: String, value: String)]
    /// The body.
    public var body: ByteBuffer
    /// Whether the connection ends with this response.
    public var closes: Bool
    /// Whether the response says nothing of its length, as one to HEAD does if the body would be a stream.
    var lengthIsUnknown = false

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

/// A route that is served on the connection's event loop, without a task, in front of Hummingbird.
public protocol FastRoute: Sendable {
    /// The route's template, such as `/update-score`: its label in metrics.
    var template: String { get }
    /// Whether the request is for this route.
    func accepts(_ head: HTTPRequestHead) -> Bool
    /// Bytes. Longer bodies are answered with `tooLarge`, before they are read.
    var bodyBytesMax: Int { get }
    /// The answer to a body that is too long.
    var tooLarge: FastResponse { get }
    /// The answer to a request that came too slowly.
    var tooSlow: FastResponse { get }
    /// The same two answers to this request, for routes whose answers depend on it (CORS).
    func tooLarge(for head: HTTPRequestHead) -> FastResponse
    /// See `tooLarge(for:)`.
    func tooSlow(for head: HTTPRequestHead) -> FastResponse
    /// Serves a request. `respond` must be called exactly once, on any thread, in bounded time; the connection is cut
    /// when that takes longer than `ListenerLimits.answerSecondsMax`.
    func handle(
        _ request: FastRequest, on eventLoop: any EventLoop, respond: @escaping @Sendable (FastResponse) -> Void)
}

extension FastRoute {
    /// No label of its own.
    public var template: String { RequestMetrics.noRoute }
    /// `tooLarge`, whatever the request.
    public func tooLarge(for head: HTTPRequestHead) -> FastResponse { tooLarge }
    /// `tooSlow`, whatever the request.
    public func tooSlow(for head: HTTPRequestHead) -> FastResponse { tooSlow }
}

/// What an upgrade route says to a request.
public enum UpgradeDecision: Sendable {
    /// No upgrade; this is the answer.
    case refuse(FastResponse)
    /// 101 with these fields. `install` runs on the event loop and adds the new handlers behind the HTTP decoder, which
    /// hands them the bytes that it has not read. HTTP leaves the pipeline when `install` has returned; until the loop's
    /// next tick nothing must be written. From then on the connection's limits and end are the new handlers' affair.
    ///
    /// Only an HTTP/1.1 request with an `Upgrade` field can be upgraded; others are refused whatever the route says.
    case upgrade(fields: [(name: String, value: String)], install: @Sendable (any Channel) throws -> Void)
    /// 200 with these fields, `Date` and `Connection: close`, and a body that ends with the connection. `install` is as
    /// for an upgrade; what the new handlers write is the body. What they read is nothing that they can use, and of any
    /// type: requests that were pipelined, or bytes. The answer to HEAD is these fields alone, and the connection stays.
    case stream(fields: [(name: String, value: String)], install: @Sendable (any Channel) throws -> Void)
}

/// A route on which a connection leaves HTTP, such as a WebSocket's.
public protocol UpgradeRoute: Sendable {
    /// The route's template, such as `/ws/scoreboard`: its label in metrics.
    var template: String { get }
    /// Whether the request is for this route.
    func accepts(_ head: HTTPRequestHead) -> Bool
    /// Decides; `answer` must be called exactly once, on any thread, in bounded time.
    func decide(
        _ head: HTTPRequestHead, channel: any Channel, answer: @escaping @Sendable (UpgradeDecision) -> Void)
}

extension UpgradeRoute {
    /// No label of its own.
    public var template: String { RequestMetrics.noRoute }
}

extension HTTPRequestHead {
    /// Whether the path, without the query, is exactly `path`.
    @inlinable
    public func hasPath(_ path: StaticString) -> Bool {
        let length = path.utf8CodeUnitCount
        return uri.utf8.withContiguousStorageIfAvailable { bytes in
            guard bytes.count >= length, bytes.count == length || bytes[length] == UInt8(ascii: "?") else {
                return false
            }
            return UnsafeBufferPointer(rebasing: bytes[..<length]).elementsEqual(
                UnsafeBufferPointer(start: path.utf8Start, count: length))
        } ?? false
    }
}
