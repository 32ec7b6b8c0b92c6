import HTTPKit
import HTTPTypes
import Hummingbird
import NIOHTTP1

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

/// The same fields for responses that the listener makes itself.
enum SharedFields {
    /// The fields of every response that does not set them otherwise.
    static let fixed = [(name: "X-Content-Type-Options", value: "nosniff"), (name: "Cache-Control", value: "no-store")]

    /// Returns the fields of the response to the request with this head; nil if there is no request.
    static func fields(of head: HTTPRequestHead?, cors: OriginPolicy) -> [(name: String, value: String)] {
        fixed + cors.fields(for: head?.headers.first(name: "origin"))
    }
}
