import Accounts
import Leaderboard
import PostgresClient
import Signing

/// Rows of `users`, with the name of the profile.
enum AccountRow {
    /// The columns of an account, with the address that the user gave last. `u` is `users`, `p` is `profiles`.
    static let columns = """
        u.user_id, u.username, u.password_hash, u.role, coalesce(u.new_email, u.email) AS email,
        u.email_verified_at IS NOT NULL AND u.new_email IS NULL AS is_verified,
        u.banned_at IS NOT NULL AS is_banned, p.name,
        floor(extract(epoch FROM u.created_at) * 1000)::bigint AS created_ms
        """
    /// The tables of these columns.
    static let tables = "users u LEFT JOIN profiles p USING (user_id)"

    /// The account of a row.
    static func account(_ row: PostgresRow) throws -> Account {
        let id = try row.string("user_id")
        guard let username = Username(try row.string("username")), let role = Role(rawValue: try row.string("role"))
        else { throw StoreError(.corrupt, "the account \(id) has a malformed name or role") }
        return Account(
            id: id, username: username, passwordHash: try row.string("password_hash"), role: role,
            email: try row.stringOrNil("email"), isEmailVerified: try row.bool("is_verified"),
            isBanned: try row.bool("is_banned"), name: try row.stringOrNil("name"),
            createdAt: try row.int("created_ms"))
    }
}
