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
        let code: ErrorCode =
            switch status {
            case .notFound: .notFound
            case .methodNotAllowed: .methodNotAllowed
            case .contentTooLarge: .tooLarge
            case .internalServerError: .internalError
            default: .badRequest
            }
        return Response(
            status: status, headers: [.contentType: SharedFields.json.value],
            body: ResponseBody(byteBuffer: APIError(code).body()))
    }
}
