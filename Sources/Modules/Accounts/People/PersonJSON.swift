import Basics
import NIOCore
import Players
import Signing
import StrictJSON

/// Users as JSON: the members that each kind of reader may see, and no others.
package enum PersonJSON {
    /// What everybody sees: `id`, `name`, `avatar_url`, `created_at`.
    package static func writePublic(_ user: ShownUser, to json: inout JSONWriter<ByteBuffer>) {
        json.beginObject()
        writeShown(user, to: &json)
        json.endObject()
    }

    /// What the user, and whoever may write the profile for the user, sees of it.
    package static func writeProfile(_ user: ShownUser, to json: inout JSONWriter<ByteBuffer>) {
        json.beginObject()
        writeShown(user, to: &json)
        json.member("country", orNull: user.profile?.country)
        json.endObject()
    }

    /// What the user sees of himself.
    ///
    /// - Parameter role: of a user without an account: the role of the token.
    package static func writeOwn(
        _ user: ShownUser, wallet: Wallet, role: Role, to json: inout JSONWriter<ByteBuffer>
    ) {
        json.beginObject()
        writeShown(user, to: &json)
        json.member("username", orNull: user.person?.username)
        // The address that the user gave last. The one before it stays in force until this one is verified.
        json.member("email", orNull: user.person?.claimedEmail ?? user.person?.email)
        json.member("email_verified", user.person.map { $0.claimedEmail == nil && $0.isEmailVerified } ?? false)
        json.member("role", (user.person?.role ?? role).rawValue)
        json.member("country", orNull: user.profile?.country)
        json.member("job", orNull: user.profile?.job)
        json.member("time_zone", orNull: user.profile?.timeZone)
        json.key("preferences")
        // It was checked when it was stored.
        Array((user.profile?.preferences ?? "{}").utf8).withUnsafeBytes { json.encoded($0) }
        json.member("coins", wallet.coins)
        json.member("tokens", wallet.tokens)
        json.endObject()
    }

    /// What an administrator sees in lists.
    package static func writeListed(_ person: Person, to json: inout JSONWriter<ByteBuffer>) {
        json.beginObject()
        json.member("id", person.userID)
        json.member("username", person.username)
        json.member("name", orNull: person.name)
        json.member("avatar_url", orNull: person.avatarURL)
        json.member("email", orNull: person.email)
        json.member("email_verified", person.isEmailVerified)
        json.member("role", person.role.rawValue)
        json.member("created_at", Timestamp.text(milliseconds: person.createdAt))
        json.member("banned_at", orNull: person.bannedAt.map { Timestamp.text(milliseconds: $0) })
        json.member("ban_reason", orNull: person.banReason)
        json.endObject()
    }

    private static func writeShown(_ user: ShownUser, to json: inout JSONWriter<ByteBuffer>) {
        json.member("id", user.userID)
        json.member("name", orNull: user.profile?.name)
        json.member("avatar_url", orNull: user.profile?.avatarURL)
        json.member("created_at", orNull: user.createdAt.map { Timestamp.text(milliseconds: $0) })
    }
}

extension JSONWriter {
    /// Writes a member whose value is a string, or `null`.
    mutating func member(_ key: StaticString, orNull value: String?) {
        self.key(key)
        if let value { string(value) } else { null() }
    }
}
