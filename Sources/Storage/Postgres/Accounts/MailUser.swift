import Accounts
import Basics
import PostgresClient

/// The addresses of an account, whose row is locked.
struct MailUser {
    let userID: String
    let username: String
    let isBanned: Bool
    /// The address in force.
    let verified: EmailAddress?
    /// The address that is only claimed: the first one, or one that is to take the place of the one in force.
    let claimed: EmailAddress?

    /// Whom to write to at the address in force.
    var recipient: MailRecipient? {
        verified.map { MailRecipient(userID: userID, username: username, email: $0) }
    }

    /// Locks and reads an account; nil if there is none.
    static func locked(_ userID: String, _ connection: PostgresConnection) throws -> MailUser? {
        let found = try connection.query(
            """
            SELECT username, email, new_email, email_verified_at IS NOT NULL AS is_verified,
                banned_at IS NOT NULL AS is_banned
            FROM users WHERE user_id = $1 FOR UPDATE
            """, [.text(userID)])
        guard let row = found.first else { return nil }
        let email = try row.stringOrNil("email").flatMap { EmailAddress($0) }
        let isVerified = try row.bool("is_verified")
        return MailUser(
            userID: userID, username: try row.string("username"), isBanned: try row.bool("is_banned"),
            verified: isVerified ? email : nil,
            claimed: isVerified ? try row.stringOrNil("new_email").flatMap { EmailAddress($0) } : email)
    }

    /// Sets the address that is to take the place of the one in force.
    static func claimNew(_ email: EmailAddress?, _ userID: String, _ connection: PostgresConnection) throws {
        try connection.execute(
            "UPDATE users SET new_email = $2, new_email_key = $3, updated_at = now() WHERE user_id = $1",
            [.text(userID), .text(orNull: email?.text), .text(orNull: email?.key)])
    }

    /// Sets the address of an account that has none in force.
    static func claimFirst(_ email: EmailAddress, _ userID: String, _ connection: PostgresConnection) throws {
        try connection.execute(
            "UPDATE users SET email = $2, email_key = $3, updated_at = now() WHERE user_id = $1",
            [.text(userID), .text(email.text), .text(email.key)])
    }
}
