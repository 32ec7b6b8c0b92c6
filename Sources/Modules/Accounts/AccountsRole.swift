// The role `accounts`: registration, sessions, profiles, API keys. Its outside is docs/accounts.md.
//
// Start with `SessionRoutes` for requests, `SignIn` for logins, and `PasswordHasher` for passwords. The stores behind
// the protocols in `Ports` are in the target Storage.

import Access

/// The role `accounts` of a node: its routes.
package struct AccountsRole: Sendable {
    private let sessions: SessionRoutes
    private let mail: MailRoutes

    /// - Parameters:
    ///   - sessions: `/auth`.
    ///   - mail: what needs mail there.
    package init(sessions: SessionRoutes, mail: MailRoutes) {
        self.sessions = sessions
        self.mail = mail
    }

    /// Adds the routes.
    package func addRoutes(to table: inout RouteTable) {
        sessions.addRoutes(to: &table)
        mail.addRoutes(to: &table)
    }
}
