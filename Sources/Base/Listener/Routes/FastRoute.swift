// The listener: one port, one HTTP/1.1 parser, and in front of Hummingbird a handler that serves the routes which must
// be fast (score updates) or which leave HTTP (WebSocket). All else goes on to Hummingbird.

import HTTPKit
import NIOCore
import NIOHTTP1

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
