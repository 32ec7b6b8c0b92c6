import NIOCore
import NIOHTTP1

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
