import HTTPTypes
import Hummingbird
import Listener

/// The fields that every answer has (CORS, and what keeps browsers from guessing), and the answers to CORS preflight requests.
struct SharedFieldsMiddleware<Context: RequestContext>: RouterMiddleware {
    let cors: CORSPolicy

    /// What every answer has that says nothing else.
    static var fixedFields: [(name: String, value: String)] {
        [("X-Content-Type-Options", "nosniff"), ("Cache-Control", "no-store")]
    }

    func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        // As the lane reads it, should there be several.
        let origin = request.headers[values: .origin].first
        let asks = request.headers.contains(.accessControlRequestMethod)
        if request.method == .options, origin != nil, asks {
            var response = Response(status: .noContent)
            add(cors.preflightFields(for: origin), to: &response)
            return response
        }
        var response = try await next(request, context)
        add(cors.fields(for: origin), to: &response)
        for (name, value) in Self.fixedFields {
            if let name = HTTPField.Name(name), !response.headers.contains(name) { response.headers[name] = value }
        }
        return response
    }

    private func add(_ fields: [(name: String, value: String)], to response: inout Response) {
        for (name, value) in fields {
            if let name = HTTPField.Name(name) { response.headers[name] = value }
        }
    }
}
