import Signing

/// An API key, without its text: nobody sees that again after the key was made.
package struct APIKey: Sendable, Equatable {
    /// The key's name in lists and in the subject of its requests.
    package let id: String
    /// A name for people.
    package let name: String
    /// The role of its bearer.
    package let role: Role
    /// What its bearer may do.
    package let scopes: Scopes
    /// The subject of the token that made it.
    package let createdBy: String
    /// When it was made, in ms since 1970.
    package let createdAt: Int64
    /// When it ends, in ms since 1970; nil for never.
    package let expiresAt: Int64?

    /// The most keys that are neither revoked nor expired.
    package static let liveMax = 1000

    /// Gathers the parts.
    package init(
        id: String, name: String, role: Role, scopes: Scopes, createdBy: String, createdAt: Int64 = 0,
        expiresAt: Int64?
    ) {
        self.id = id
        self.name = name
        self.role = role
        self.scopes = scopes
        self.createdBy = createdBy
        self.createdAt = createdAt
        self.expiresAt = expiresAt
    }
}
