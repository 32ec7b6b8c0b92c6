import Signing

/// An API key as nodes know it. The key itself is known only to its owner.
package struct APIKeyRecord: Sendable, Equatable {
    /// Its id, which is not secret.
    package let id: String
    /// SHA-256 of the key.
    package let hash: APIKeyHash
    /// The role of its bearer.
    package let role: Role
    /// What its bearer may do.
    package let scopes: Scopes
    /// When it ends, in ms since 1970; nil if it does not.
    package let expiresAt: Int64?

    /// Gathers the parts.
    package init(id: String, hash: APIKeyHash, role: Role, scopes: Scopes, expiresAt: Int64?) {
        self.id = id
        self.hash = hash
        self.role = role
        self.scopes = scopes
        self.expiresAt = expiresAt
    }

    /// The claims of a bearer.
    var claims: Claims {
        Claims(subject: "key:\(id)", role: role, expiresAt: expiresAt ?? .max, scopes: scopes)
    }
}
