import HTTPKit
import NIOHTTP1

/// The routes in front of Hummingbird, and the limits of a connection.
public struct FrontRoutes: Sendable {
    /// Routes served on the event loop; the first that accepts a request gets it.
    public var fast: [any FastRoute]
    /// Routes that leave HTTP.
    public var upgrade: [any UpgradeRoute]
    /// The limits of a connection.
    public var limits: ListenerLimits
    /// Fields of every answer that the listener makes itself, to the request with this head, or to what is no request:
    /// what Hummingbird's middleware adds to the others.
    public var sharedFields: @Sendable (HTTPRequestHead?) -> [(name: String, value: String)] = { _ in [] }
    /// Paths that are reached by their plain spelling alone, not by one with escapes: those that a proxy in front may
    /// keep from others, by comparing text.
    public var literalPaths: [String] = []
    /// Counts the requests; nil to count none.
    public var metrics: RequestMetrics?

    /// No routes: everything goes to Hummingbird.
    public init(fast: [any FastRoute] = [], upgrade: [any UpgradeRoute] = [], limits: ListenerLimits = .init()) {
        self.fast = fast
        self.upgrade = upgrade
        self.limits = limits
    }

    /// An answer that the listener makes itself.
    func answer(_ response: FastResponse, to head: HTTPRequestHead?) -> FastResponse {
        var response = response
        response.fields += sharedFields(head)
        return response
    }
}
