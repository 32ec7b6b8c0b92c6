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
    private let access: RouteAccess
    private let authenticator: RequestAuthenticator

    init(
        _ request: Request, _ context: some RemoteAddressRequestContext, access: RouteAccess, claims: Claims?,
        authenticator: RequestAuthenticator
    ) {
        self.request = request
        remoteAddress = context.remoteAddress
        parameters = context.parameters
        self.access = access
        self.claims = claims
        self.authenticator = authenticator
    }

    /// The path and the query.
    package var uri: String { request.uri.string }

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
        RequestAuthenticator.credentialFields.contains { HTTPField.Name($0).map(request.headers.contains) ?? false }
    }

    /// A parameter of the path, as it was sent; empty if the path has no such parameter.
    package func parameter(_ name: String) -> String { parameters.get(name) ?? "" }

    /// The client that limits count the request for; nil if it is not known.
    package var clientAddress: ClientAddress? { authenticator.clientAddress(of: request, from: remoteAddress) }

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

    private func requireJSON() throws(APIError) {
        try MediaType.requireJSON(
            request.headers[.contentType],
            hasContentCoding: !request.headers[values: .contentEncoding].allSatisfy(\.isIdentity))
    }

    private func body(upTo limit: Int) async throws -> ByteBuffer {
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > limit { throw APIError.tooLarge }
        var body = ByteBuffer()
        for try await var part in request.body {
            body.writeBuffer(&part)
            guard body.readableBytes <= limit else { throw APIError.tooLarge }
        }
        return body
    }
}
