import Basics
import Leaderboard

/// An account that is to be made.
package struct NewAccount: Sendable {
    /// The id that it gets.
    @ByteExact package var id: String
    package let username: Username
    /// A PHC string.
    package let passwordHash: String
    /// The claimed address.
    package let email: EmailAddress?
    /// The name of the profile.
    package let name: String?

    /// Gathers the parts.
    package init(id: String, username: Username, passwordHash: String, email: EmailAddress?, name: String?) {
        _id = ByteExact(wrappedValue: id)
        self.username = username
        self.passwordHash = passwordHash
        self.email = email
        self.name = name
    }
}
