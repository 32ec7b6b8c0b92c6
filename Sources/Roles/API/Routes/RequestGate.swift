import Access
import Basics
import HTTPKit
import HTTPTypes
import Hummingbird
import Leaderboard
import NIOCore
import Signing

/// The checks that Hummingbird's routes share, and the way in which they read requests.
struct RequestGate: Sendable {
    let authenticator: RequestAuthenticator

    /// The claims of a request's token.
    func claims(_ request: Request, _ context: some RemoteAddressRequestContext) async throws -> Claims {
        try await authenticator.claims(of: request, from: context.remoteAddress)
    }

    /// Refuses all but administrators.
    func requireAdmin(_ request: Request, _ context: some RemoteAddressRequestContext) async throws {
        guard try await claims(request, context).role.changesCatalogue else { throw APIError.forbidden }
    }

    /// Private boards are shown with a valid token only.
    func requireView(
        of board: Board, _ request: Request, _ context: some RemoteAddressRequestContext
    ) async throws {
        if board.isPrivate { _ = try await claims(request, context) }
    }

    /// The board or action of the path.
    func id(_ context: some RequestContext) throws(APIError) -> String {
        let id = context.parameters.get("id") ?? ""
        guard Names.isID(id) else { throw .invalidInput([FieldProblem(field: "id", reason: Names.idForm)]) }
        return id
    }

    /// The user of the path.
    func userID(_ context: some RequestContext) throws(APIError) -> String {
        guard let id = PathText.userID(context.parameters.get("user_id") ?? "") else {
            throw .invalidInput([FieldProblem(field: "user_id", reason: Names.userIDForm)])
        }
        return id
    }

    /// The body, which must be JSON.
    func json(_ request: Request, upTo limit: Int) async throws -> ByteBuffer {
        try requireJSON(request)
        return try await body(request, upTo: limit)
    }

    /// The body, which must be JSON unless it is empty.
    func jsonIfAny(_ request: Request, upTo limit: Int) async throws -> ByteBuffer {
        let body = try await body(request, upTo: limit)
        if body.readableBytes > 0 { try requireJSON(request) }
        return body
    }

    private func requireJSON(_ request: Request) throws(APIError) {
        try MediaType.requireJSON(
            request.headers[.contentType],
            hasContentCoding: !request.headers[values: .contentEncoding].allSatisfy(\.isIdentity))
    }

    private func body(_ request: Request, upTo limit: Int) async throws -> ByteBuffer {
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > limit { throw APIError.tooLarge }
        var body = ByteBuffer()
        for try await var part in request.body {
            body.writeBuffer(&part)
            guard body.readableBytes <= limit else { throw APIError.tooLarge }
        }
        return body
    }

    /// Runs a route. An `APIError` becomes its answer. Any other error becomes 503, so that nothing of it is shown.
    func respond(_ body: () async throws -> Reply) async -> Response {
        do {
            return try await body().response
        } catch let error as APIError {
            return error.reply.response
        } catch {
            return APIError.unavailable.reply.response
        }
    }
}
