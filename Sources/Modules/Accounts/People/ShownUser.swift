import Leaderboard
import Players

/// A user with what is known of the user: an account, a profile, both, or neither.
package struct ShownUser: Sendable, Equatable {
    /// The user.
    @ByteExact package private(set) var userID: String
    /// The account; nil for users of other identity providers.
    package let person: Person?
    /// The profile; nil if none was ever written.
    package let profile: Profile?

    /// Gathers the parts.
    package init(userID: String, person: Person?, profile: Profile?) {
        self.userID = userID
        self.person = person
        self.profile = profile
    }

    /// Whether nothing is known of the user.
    package var isUnknown: Bool { person == nil && profile == nil }

    /// When the account was made, or else the profile, in ms since 1970.
    package var createdAt: Int64? { person?.createdAt ?? profile?.createdAt }
}
