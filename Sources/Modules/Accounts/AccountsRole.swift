// The role `accounts`: registration, sessions, profiles, API keys. Its outside is docs/accounts.md.
//
// Start with `SessionRoutes` for requests, `SignIn` for logins, and `PasswordHasher` for passwords. The stores behind
// the protocols in `Ports` are in the target Storage.

import Access

/// The role `accounts` of a node: its routes.
package struct AccountsRole: Sendable {
    private let sessions: SessionRoutes
    private let administration: UserAdministrationRoutes
    private let apiKeys: APIKeyRoutes

    /// - Parameters:
    ///   - sessions: `/auth`.
    ///   - administration: accounts, for administrators.
    ///   - apiKeys: `/api-keys`.
    package init(sessions: SessionRoutes, administration: UserAdministrationRoutes, apiKeys: APIKeyRoutes) {
        self.sessions = sessions
        self.administration = administration
        self.apiKeys = apiKeys
    }

    /// Adds the routes.
    package func addRoutes(to table: inout RouteTable) {
        sessions.addRoutes(to: &table)
        administration.addRoutes(to: &table)
        apiKeys.addRoutes(to: &table)
    }
}
