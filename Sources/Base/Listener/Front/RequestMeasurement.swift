import NIOCore
import NIOHTTP1

/// The labels and the start of a request, for the metrics of the requests that the listener answers itself.
struct RequestMeasurement {
    /// The template of its route.
    var template = RequestMetrics.noRoute
    let method: HTTPMethod
    /// The time at which its head had come.
    let start = NIODeadline.now()

    /// Bytes that are not a request.
    init() { method = .RAW(value: "") }

    init(method: HTTPMethod) { self.method = method }
}
