import HTTPKit
import HTTPTypes
import Hummingbird

/// Adds the fields that every response has (CORS, and the field that keeps browsers from guessing the type), and
/// answers CORS preflight requests.
struct SharedFieldsMiddleware<Context: RequestContext>: RouterMiddleware {
    let cors: OriginPolicy

    func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        // Takes the first of several fields, as the fast lane does.
        let origin = request.headers[values: .origin].first
        let asks = request.headers.contains(.accessControlRequestMethod)
        if request.method == .options, origin != nil, asks {
            var response = Response(status: .noContent)
            let asked = request.headers[values: .accessControlRequestHeaders]
            add(cors.preflightFields(for: origin, asked: asked), to: &response)
            return response
        }
        var response = try await next(request, context)
        add(cors.fields(for: origin), to: &response)
        for (name, value) in SharedFields.fixed {
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
