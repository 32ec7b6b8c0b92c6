import Leaderboard
import Signing

/// An account, as it is stored.
package struct Account: Sendable {
    /// The user's id.
    @ByteExact package var id: String
    package var username: Username
    /// A PHC string.
    package var passwordHash: String
    package var role: Role
    /// The address that the user gave last; only a claim until it is verified.
    package var email: String?
    package var isEmailVerified: Bool
    package var isBanned: Bool
    /// The name of the profile.
    package var name: String?
    /// In ms since 1970.
    package var createdAt: Int64

    /// Gathers the parts.
    package init(
        id: String, username: Username, passwordHash: String, role: Role = .player, email: String? = nil,
        isEmailVerified: Bool = false, isBanned: Bool = false, name: String? = nil, createdAt: Int64
    ) {
        _id = ByteExact(wrappedValue: id)
        self.username = username
        self.passwordHash = passwordHash
        self.role = role
        self.email = email
        self.isEmailVerified = isEmailVerified
        self.isBanned = isBanned
        self.name = name
        self.createdAt = createdAt
    }
}

extension Account: CustomStringConvertible, CustomReflectable {
    /// The id alone: the rest is nobody's business.
    package var description: String { id }
    /// The id alone.
    package var customMirror: Mirror { Mirror(self, children: ["id": id]) }
}
