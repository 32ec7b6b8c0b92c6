import HTTPKit
import Hummingbird
import Logging
import NIOCore

/// Gives Hummingbird's own refusals (no such route, wrong method, a broken body) the same format as all others, and
/// hides unexpected errors of routes from the client.
struct ErrorsMiddleware<Context: RequestContext>: RouterMiddleware {
    func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as any HTTPResponseError {
            return Self.response(error.status)
        } catch {
            context.logger.error("A route failed", metadata: ["path": "\(request.uri.path)", "error": "\(error)"])
            return Self.response(.internalServerError)
        }
    }

    private static func response(_ status: HTTPResponse.Status) -> Response {
        let (code, message) =
            switch status {
            case .notFound: ("not_found", "There is nothing here.")
            case .methodNotAllowed: ("method_not_allowed", "The method is not allowed here.")
            case .contentTooLarge: ("payload_too_large", "The body is too large.")
            case .internalServerError: ("internal_error", "Something went wrong here.")
            default: ("bad_request", "The request cannot be understood.")
            }
        return Response(
            status: status, headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ErrorBody(code: code, message: message).buffer))
    }
}
