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
    package static func users(_ scopes: Scopes) -> RouteAccess { .bearers(scopes, roles: everyRole) }
    /// Services and administrators.
    package static func services(_ scopes: Scopes) -> RouteAccess { .bearers(scopes, roles: [.service, .admin]) }
    /// Administrators.
    package static func admins(_ scopes: Scopes) -> RouteAccess { .bearers(scopes, roles: [.admin]) }

    /// Whether the bearer may use the route.
    package func admits(_ claims: Claims) -> Bool {
        switch self {
        case .everybody, .signers: true
        case .viewers(let scopes): claims.scopes.isSuperset(of: scopes)
        case .bearers(let scopes, let roles):
            claims.scopes.isSuperset(of: scopes)
                && (roles.count == Self.everyRole.count || roles.contains(claims.role))
        }
    }

    /// Whether only services and administrators may use the route. Its refusals are recorded.
    var isForStaff: Bool {
        guard case .bearers(_, let roles) = self else { return false }
        return !roles.contains(.player)
    }

    private static let everyRole = Set(Role.allCases)
}

extension RouteAccess: CustomStringConvertible {
    /// Such as `admins boards:write`, for lists of routes.
    package var description: String {
        switch self {
        case .everybody: "everybody"
        case .signers: "signers"
        case .viewers(let scopes): Self.text("viewers", scopes)
        case .bearers(let scopes, let roles):
            switch self {
            case .users(scopes): Self.text("users", scopes)
            case .services(scopes): Self.text("services", scopes)
            case .admins(scopes): Self.text("admins", scopes)
            default: Self.text(roles.map(\.rawValue).sorted().joined(separator: "+"), scopes)
            }
        }
    }

    private static func text(_ senders: String, _ scopes: Scopes) -> String {
        ([senders] + scopes.names).joined(separator: " ")
    }
}
