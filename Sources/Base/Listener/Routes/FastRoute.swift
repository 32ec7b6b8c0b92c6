// The listener: one port and one HTTP/1.1 parser. A handler in front of Hummingbird serves the routes that must be fast
// (score updates) and those that leave HTTP (WebSocket). Everything else goes on to Hummingbird.

import HTTPKit
import NIOCore
import NIOHTTP1

/// A route that is served on the connection's event loop, without a task, in front of Hummingbird.
public protocol FastRoute: Sendable {
    /// The route's template, such as `/update-score`: its label in metrics.
    var template: String { get }
    /// Whether the request is for this route.
    func accepts(_ head: HTTPRequestHead) -> Bool
    /// Bytes. A longer body is answered with `tooLarge`, before it is read.
    var bodyBytesMax: Int { get }
    /// The answer to a body that is too long.
    func tooLarge(for head: HTTPRequestHead) -> FastResponse
    /// The answer to a request that came too slowly.
    func tooSlow(for head: HTTPRequestHead) -> FastResponse
    /// Serves a request. `respond` must be called exactly once, on any thread, in bounded time; the connection is cut
    /// if that takes longer than `ListenerLimits.answerSecondsMax`.
    func handle(
        _ request: FastRequest, on eventLoop: any EventLoop, respond: @escaping @Sendable (FastResponse) -> Void)
}

extension FastRoute {
    /// No label of its own.
    public var template: String { RequestMetrics.noRoute }
}
