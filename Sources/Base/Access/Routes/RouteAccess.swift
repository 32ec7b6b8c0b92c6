import Signing

/// The senders that a route lets in. Every route declares it, and the table of routes enforces it before the route
/// runs.
package enum RouteAccess: Sendable, Equatable {
    /// Everybody. Nobody looks at a token.
    case everybody
    /// Everybody while the object is public. Otherwise bearers with the scopes: the route asks
    /// ``RouteRequest/viewer()``.
    case viewers(Scopes)
    /// Bearers of a valid token or API key with all of the scopes and one of the roles.
    case bearers(Scopes, roles: Set<Role>)
    /// Senders that sign the request itself; the route checks the signature.
    case signers

    /// Bearers with any role.
    package static func users(_ scopes: Scopes) -> RouteAccess { .bearers(scopes, roles: Set(Role.allCases)) }
    /// Services and administrators.
    package static func services(_ scopes: Scopes) -> RouteAccess { .bearers(scopes, roles: [.service, .admin]) }
    /// Administrators.
    package static func admins(_ scopes: Scopes) -> RouteAccess { .bearers(scopes, roles: [.admin]) }

    /// Whether the bearer may use the route.
    package func admits(_ claims: Claims) -> Bool {
        switch self {
        case .everybody, .signers: true
        case .viewers(let scopes): claims.scopes.isSuperset(of: scopes)
        case .bearers(let scopes, let roles): claims.scopes.isSuperset(of: scopes) && roles.contains(claims.role)
        }
    }
}
