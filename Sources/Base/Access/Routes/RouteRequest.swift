import HTTPKit
import HTTPTypes
import Hummingbird
import NIOCore
import Signing

/// A request that a route of the table serves, and what routes ask of it.
package struct RouteRequest: Sendable {
    /// The request as Hummingbird has it.
    package let request: Request
    /// The other end of the connection: the client or a proxy.
    package let remoteAddress: SocketAddress?
    /// The claims of the bearer. Only routes with ``RouteAccess/bearers(_:roles:)`` have them here.
    package let claims: Claims?
    private let parameters: Parameters
    private let names: [String: String]
    private let access: RouteAccess
    private let authenticator: RequestAuthenticator
    /// The body, if it was read before the route runs.
    private var readBody: ByteBuffer?

    /// - Parameter names: the router's names of the parameters; see ``RouterPaths``.
    init(
        _ request: Request, _ context: some RemoteAddressRequestContext, names: [String: String], access: RouteAccess,
        claims: Claims?, authenticator: RequestAuthenticator
    ) {
        self.request = request
        remoteAddress = context.remoteAddress
        parameters = context.parameters
        self.names = names
        self.access = access
        self.claims = claims
        self.authenticator = authenticator
    }

    /// The path and the query.
    package var uri: String { request.uri.string }

    /// The path, as it was sent.
    package var path: String { request.uri.path }

    /// The method.
    package var method: HTTPRequest.Method { request.method }

    /// The values of a header field, each as it came.
    package func values(of field: String) -> [String] {
        HTTPField.Name(field).map { request.headers[values: $0] } ?? []
    }

    /// The bearer of a route that lets in bearers alone.
    package func bearer() throws(APIError) -> Claims {
        guard let claims else { throw .unauthorized }
        return claims
    }

    /// The bearer of a route that is open to viewers; called if the object is not public.
    ///
    /// - Throws: `unauthorized` without a valid token, `forbidden` if it lacks the scope.
    package func viewer() async throws -> Claims {
        let claims = try await authenticator.claims(of: request, from: remoteAddress)
        guard access.admits(claims) else { throw APIError.forbidden }
        return claims
    }

    /// Whether the request shows a token or an API key, valid or not.
    package var showsCredentials: Bool {
        RequestAuthenticator.credentialFields.contains { !values(of: $0).isEmpty }
    }

    /// The client that limits count the request for; nil if it is not known.
    package var clientAddress: ClientAddress? { authenticator.clientAddress(of: request, from: remoteAddress) }

    /// A parameter of the path, as it was sent; empty if the path has no such parameter.
    package func parameter(_ name: String) -> String { names[name].flatMap { parameters.get($0) } ?? "" }

    /// An entry for the audit log: an act of the bearer.
    package func auditEntry(
        _ act: String, of subject: String? = nil, outcome: AuditEntry.Outcome = .done, detail: [String: String] = [:]
    ) -> AuditEntry {
        AuditEntry(
            actor: claims?.subject ?? "", act: act, subject: subject, outcome: outcome, detail: detail,
            address: clientAddress?.description)
    }

    /// The body, which must be JSON.
    package func json(upTo limit: Int) async throws -> ByteBuffer {
        try requireJSON()
        return try await body(upTo: limit)
    }

    /// The body, which must be JSON unless it is empty.
    package func jsonIfAny(upTo limit: Int) async throws -> ByteBuffer {
        let body = try await body(upTo: limit)
        if body.readableBytes > 0 { try requireJSON() }
        return body
    }

    /// The request with a body that was read already.
    func with(body: ByteBuffer) -> RouteRequest {
        var request = self
        request.readBody = body
        return request
    }

    private func requireJSON() throws(APIError) {
        try MediaType.requireJSON(
            request.headers[.contentType],
            hasContentCoding: !request.headers[values: .contentEncoding].allSatisfy(\.isIdentity))
    }

    /// The body, of any type.
    func body(upTo limit: Int) async throws -> ByteBuffer {
        if let readBody {
            guard readBody.readableBytes <= limit else { throw APIError.tooLarge }
            return readBody
        }
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > limit { throw APIError.tooLarge }
        var body = ByteBuffer()
        for try await var part in request.body {
            body.writeBuffer(&part)
            guard body.readableBytes <= limit else { throw APIError.tooLarge }
        }
        return body
    }
}
