import Leaderboard
import Signing

/// An account, with what others see of its profile.
package struct Person: Sendable, Equatable {
    /// The user.
    @ByteExact package private(set) var userID: String
    /// The name with which the user logs in.
    package var username: String
    /// The rights of the user.
    package var role: Role
    /// The e-mail address; nil if none was given.
    package var email: String?
    /// The address that takes the place of the other one as soon as it is verified; nil if there is none.
    package var claimedEmail: String?
    /// Whether the user has shown that the address is the user's own.
    package var isEmailVerified: Bool
    /// Since when the user is banned, in ms since 1970; nil if the user is not.
    package var bannedAt: Int64?
    /// The reason that was given for the ban.
    package var banReason: String?
    /// When the account was made, in ms since 1970.
    package var createdAt: Int64
    /// The name of the profile.
    package var name: String?
    /// The picture of the profile.
    package var avatarURL: String?

    /// Gathers the parts.
    package init(
        userID: String, username: String, role: Role, email: String? = nil, claimedEmail: String? = nil,
        isEmailVerified: Bool = false,
        bannedAt: Int64? = nil, banReason: String? = nil, createdAt: Int64, name: String? = nil,
        avatarURL: String? = nil
    ) {
        self.userID = userID
        self.username = username
        self.role = role
        self.email = email
        self.claimedEmail = claimedEmail
        self.isEmailVerified = isEmailVerified
        self.bannedAt = bannedAt
        self.banReason = banReason
        self.createdAt = createdAt
        self.name = name
        self.avatarURL = avatarURL
    }
}
