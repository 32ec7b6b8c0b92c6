import HTTPKit
import HTTPTypes
import Hummingbird
import NIOHTTP1

/// The fields that every answer has (CORS, and what keeps browsers from guessing), and the answers to CORS preflight
/// requests.
struct SharedFieldsMiddleware<Context: RequestContext>: RouterMiddleware {
    let cors: OriginPolicy

    func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        // As the lane reads it, should there be several.
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

/// The same fields for the answers that the listener makes itself.
enum SharedFields {
    /// What every answer has that says nothing else.
    static let fixed = [(name: "X-Content-Type-Options", value: "nosniff"), (name: "Cache-Control", value: "no-store")]

    /// The fields of an answer to the request with this head; nil if there is none.
    static func fields(of head: HTTPRequestHead?, cors: OriginPolicy) -> [(name: String, value: String)] {
        fixed + cors.fields(for: head?.headers.first(name: "origin"))
    }
}
