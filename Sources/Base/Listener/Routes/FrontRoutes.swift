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
    /// The fields of every answer that the listener makes itself: those that Hummingbird's middleware adds to other
    /// answers. The head is the request's; it is nil if there was none.
    public var sharedFields: @Sendable (HTTPRequestHead?) -> [(name: String, value: String)] = { _ in [] }
    /// Paths that are reached only as they are spelled here, not with escapes: a proxy in front may keep them from
    /// others by comparing text.
    public var literalPaths: [String] = []
    /// A segment that may come before every path, such as `/api`, as if it were not there; nil for none. The literal
    /// paths do not have it.
    public var pathPrefix: String?
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
