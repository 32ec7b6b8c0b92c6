import Metrics
import NIOHTTP1
import Synchronization

/// Counts answered requests by route, method and status, and measures by route how long their answers took.
///
/// No label comes from a client: a route is the template of one of the node's own routes, and all methods that no route
/// has count as one.
public final class RequestMetrics: Sendable {
    /// The labels of one counter.
    struct Key: Hashable {
        var route: String
        var method: Method
        var status: UInt
    }

    /// The methods that are counted separately.
    enum Method: String, Sendable {
        case GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS
        case other

        init(_ method: HTTPMethod) {
            self =
                switch method {
                case .GET: .GET
                case .HEAD: .HEAD
                case .POST: .POST
                case .PUT: .PUT
                case .PATCH: .PATCH
                case .DELETE: .DELETE
                case .OPTIONS: .OPTIONS
                default: .other
                }
        }
    }

    /// The route of requests that no route takes.
    public static let noRoute = "other"

    private let counters = Mutex<[Key: Counter]>([:])
    private let timers = Mutex<[String: Timer]>([:])
    private let factory: any MetricsFactory

    /// - Parameter factory: makes the counters, when the first request of a kind was answered.
    public init(factory: any MetricsFactory = MetricsSystem.factory) {
        self.factory = factory
    }

    /// Counts a request that Hummingbird has answered.
    ///
    /// - Parameters:
    ///   - route: the route's template, such as `/actions/{id}`; nil for none.
    ///   - method: as it came.
    ///   - status: the answer's.
    ///   - nanoseconds: from the request to its answer.
    public func record(route: String?, method: String, status: Int, nanoseconds: Int64) {
        let route = route ?? Self.noRoute
        let key = Key(route: route, method: Method(rawValue: method) ?? .other, status: UInt(clamping: status))
        counter(key).increment()
        timer(of: route).recordNanoseconds(nanoseconds)
    }

    func counter(_ key: Key) -> Counter {
        counters.withLock { counters in
            if let known = counters[key] { return known }
            let new = Counter(
                label: "scorecast_http_requests_total",
                dimensions: [("route", key.route), ("method", key.method.rawValue), ("status", "\(key.status)")],
                factory: factory)
            counters[key] = new
            return new
        }
    }

    func timer(of route: String) -> Timer {
        timers.withLock { timers in
            if let known = timers[route] { return known }
            let new = Timer(
                label: "scorecast_http_request_seconds", dimensions: [("route", route)], factory: factory)
            timers[route] = new
            return new
        }
    }
}
