// The role `accounts`: registration, sessions, profiles, API keys. Its outside is docs/accounts.md.
//
// Start with `SessionRoutes` for requests, `SignIn` for logins, and `PasswordHasher` for passwords. The stores behind
// the protocols in `Ports` are in the target Storage.

import Access
import HTTPKit
import HTTPTypes
import NIOCore
import NIOHTTP1
import Signing

/// The role `accounts` of a node: its routes.
package struct AccountsRole: Sendable {
    private let sessions: SessionRoutes
    private let mail: MailRoutes
    private let people: PeopleRoutes
    private let administration: UserAdministrationRoutes
    private let apiKeys: APIKeyRoutes
    private let publicKeys: @Sendable () -> JWKSDocument

    /// - Parameters:
    ///   - sessions: registration, login and the life of sessions.
    ///   - mail: addresses that are verified, and passwords that are set by mail.
    ///   - people: users and their profiles.
    ///   - administration: accounts, for administrators.
    ///   - apiKeys: `/api-keys`.
    ///   - publicKeys: the public keys of this moment.
    package init(
        sessions: SessionRoutes, mail: MailRoutes, people: PeopleRoutes, administration: UserAdministrationRoutes,
        apiKeys: APIKeyRoutes, publicKeys: @escaping @Sendable () -> JWKSDocument
    ) {
        self.sessions = sessions
        self.mail = mail
        self.people = people
        self.administration = administration
        self.apiKeys = apiKeys
        self.publicKeys = publicKeys
    }

    /// The path at which others look for the public keys (RFC 8615).
    private static let keySetPath = "/.well-known/jwks.json"

    /// Adds the routes.
    package func addRoutes(to table: inout RouteTable) {
        sessions.addRoutes(to: &table)
        mail.addRoutes(to: &table)
        people.addRoutes(to: &table)
        administration.addRoutes(to: &table)
        apiKeys.addRoutes(to: &table)
        table.add(.get, Self.keySetPath, .everybody) { _ in
            // Those who see a token with an unknown key ask again.
            Reply(
                status: .ok, body: ByteBuffer(bytes: publicKeys().json),
                fields: [("Cache-Control", "public, max-age=300")])
        }
    }
}
