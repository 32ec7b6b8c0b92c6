import Hummingbird
import Listener

/// Counts the answers of Hummingbird. It goes around all other middleware, so that it sees the same answer as the
/// client.
struct RequestMetricsMiddleware<Context: RequestContext>: RouterMiddleware {
    let metrics: RequestMetrics
    private let clock = ContinuousClock()

    init(metrics: RequestMetrics) {
        self.metrics = metrics
    }

    func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        let start = clock.now
        let response = try await next(request, context)
        let (seconds, attoseconds) = (clock.now - start).components
        metrics.record(
            route: Self.template(context.endpointPath), method: request.method.rawValue, status: response.status.code,
            nanoseconds: seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
        return response
    }

    /// The template of a route. Nil if it does not begin with a slash: Hummingbird's name for requests without a route.
    private static func template(_ endpoint: String?) -> String? {
        guard let endpoint else { return nil }
        return endpoint.hasPrefix("/") ? endpoint : nil
    }
}
