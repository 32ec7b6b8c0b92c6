import HTTPKit
import Hummingbird
import Signing

/// A route of Hummingbird with the checks before its work.
struct GuardedRoute: Sendable {
    let route: RouteTable.Route
    let handler: RouteTable.StreamHandler
    /// The router's names of the parameters; see ``RouterPaths``.
    let names: [String: String]
    let authenticator: RequestAuthenticator
    let audit: any AuditLog

    /// Checks the sender, and runs the route. An `APIError` becomes its answer. Any other error becomes 503, so that
    /// nothing of it is shown.
    func respond(to request: Request, _ context: some RemoteAddressRequestContext) async -> Response {
        var claims: Claims?
        var response: Response
        do {
            if case .bearers = route.access {
                claims = try await authenticator.claims(of: request, from: context.remoteAddress)
                if let claims, !route.access.admits(claims) { throw APIError.forbidden }
            } else if route.countsStrangers {
                try await authenticator.admit(request, from: context.remoteAddress)
            }
            response = try await handler(
                RouteRequest(
                    request, context, names: names, access: route.access, claims: claims, authenticator: authenticator))
        } catch let error as APIError {
            response = error.reply.response
        } catch {
            response = APIError.unavailable.reply.response
        }
        if response.status == .forbidden, let claims, route.access.isForStaff { record(claims, request, context) }
        return response
    }

    private func record(_ claims: Claims, _ request: Request, _ context: some RemoteAddressRequestContext) {
        audit.record(
            AuditEntry(
                actor: claims.subject, act: "\(route.method) \(route.path)", subject: request.uri.path,
                outcome: .refused, detail: ["role": claims.role.rawValue],
                address: authenticator.clientAddress(of: request, from: context.remoteAddress)?.description))
    }
}

extension RouteTable.Route {
    /// Whether requests count for the address of the client, although nobody looks at a token: those that bring a
    /// secret in the body, such as a refresh token. Viewers count when a token is looked at.
    fileprivate var countsStrangers: Bool {
        switch access {
        case .everybody: method != .get && method != .head
        case .signers: true
        case .viewers, .bearers: false
        }
    }
}
