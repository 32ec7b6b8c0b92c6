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
