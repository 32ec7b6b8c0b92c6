import Accounts
import Basics
import Leaderboard
import PostgresClient
import Signing

/// Tokens that come by mail, in Postgres: table `one_time_tokens`, and what they change in `users` and `sessions`.
///
/// Each transaction locks the row of its user first, like all that change an account: so of many uses of a token one
/// wins, and no two wait for each other.
public struct PostgresOneTimeTokens: OneTimeTokenStore {
    private let pool: PostgresPool

    /// - Parameter pool: connections to a migrated database.
    public init(pool: PostgresPool) {
        self.pool = pool
    }

    /// See `OneTimeTokenStore`.
    package func addVerification(_ token: OneTimeToken.Hash, of userID: String) async throws(StoreError)
        -> EmailAddress?
    {
        try await pool.run { connection in
            try connection.transaction { connection in
                guard let user = try MailUser.locked(userID, connection), let email = user.claimed else { return nil }
                try Self.insert(token, "verify", userID, email, OneTimeToken.verificationSeconds, connection)
                return email
            }
        }
    }

    /// See `OneTimeTokenStore`.
    package func verify(_ token: OneTimeToken.Hash) async throws(StoreError) -> VerificationOutcome {
        do {
            return try await pool.withConnection { connection in
                try connection.transaction { try Self.verify(token, $0) }
            }
        } catch let error as PostgresError where error.code == SQLState.uniqueViolation {
            return .taken
        } catch {
            throw StoreError(postgres: error)
        }
    }

    /// See `OneTimeTokenStore`.
    package func addReset(_ token: OneTimeToken.Hash, for email: EmailAddress) async throws(StoreError)
        -> MailRecipient?
    {
        try await pool.run { connection in
            try connection.transaction { connection in
                let found = try connection.query(
                    "SELECT user_id FROM users WHERE email_key = $1 AND email_verified_at IS NOT NULL",
                    [.text(email.key)])
                // It may have another address by now.
                guard let userID = try found.first?.string("user_id"),
                    let user = try MailUser.locked(userID, connection), user.verified == email,
                    !user.isBanned,
                    let recipient = user.recipient
                else { return nil }
                try Self.voidResets(of: userID, connection)
                try Self.insert(token, "reset", userID, email, OneTimeToken.resetSeconds, connection)
                return recipient
            }
        }
    }

    /// See `OneTimeTokenStore`.
    package func isOpenReset(_ token: OneTimeToken.Hash) async throws(StoreError) -> Bool {
        try await pool.run { try Self.open(token, "reset", $0) != nil }
    }

    /// See `OneTimeTokenStore`.
    package func reset(_ token: OneTimeToken.Hash, passwordHash: String) async throws(StoreError) -> PasswordReset? {
        try await pool.run { connection in
            try connection.transaction { connection in
                guard let open = try Self.open(token, "reset", connection),
                    let user = try MailUser.locked(open.userID, connection), user.verified?.key == open.emailKey,
                    !user.isBanned,
                    let recipient = user.recipient, try Self.use(token, connection)
                else { return nil }
                try connection.execute(
                    "UPDATE users SET password_hash = $2, updated_at = now() WHERE user_id = $1",
                    [.text(open.userID), .text(passwordHash)])
                try Self.voidResets(of: open.userID, connection)
                return PasswordReset(
                    user: recipient,
                    endedSessions: try SessionRows.endAll(of: open.userID, except: nil, reason: "reset", connection))
            }
        }
    }

    /// See `OneTimeTokenStore`.
    package func claim(
        _ email: EmailAddress, userID: String, keeping session: SessionID?
    ) async throws(StoreError) -> EmailClaim? {
        try await pool.run { connection in
            try connection.transaction { connection in
                guard let user = try MailUser.locked(userID, connection) else { return nil }
                let present = user.claimed ?? user.verified
                guard present != email else { return EmailClaim(isNew: false, holder: nil, endedSessions: []) }
                // A claim beside a verified address is given up if that address is set again.
                let isReturn = user.verified == email
                if isReturn {
                    try MailUser.claimNew(nil, userID, connection)
                } else if user.verified != nil {
                    try MailUser.claimNew(email, userID, connection)
                } else {
                    try MailUser.claimFirst(email, userID, connection)
                }
                try Self.voidResets(of: userID, connection)
                return EmailClaim(
                    isNew: !isReturn, holder: isReturn ? nil : user.recipient,
                    endedSessions: try SessionRows.endAll(of: userID, except: session, reason: "email", connection))
            }
        }
    }
}

// MARK: Statements

extension PostgresOneTimeTokens {
    private static func verify(
        _ token: OneTimeToken.Hash, _ connection: PostgresConnection
    ) throws -> VerificationOutcome {
        guard let open = try open(token, "verify", connection),
            let user = try MailUser.locked(open.userID, connection),
            [user.claimed?.key, user.verified?.key].contains(open.emailKey), try use(token, connection)
        else { return .refused }
        // An address that is verified already stays so.
        guard user.claimed?.key == open.emailKey else { return .verified }
        try connection.execute(
            """
            UPDATE users SET email = coalesce(new_email, email), email_key = coalesce(new_email_key, email_key),
                new_email = NULL, new_email_key = NULL, email_verified_at = now(), updated_at = now()
            WHERE user_id = $1
            """, [.text(open.userID)])
        // Those were sent to the address before.
        try voidResets(of: open.userID, connection)
        return .verified
    }

    private static func insert(
        _ token: OneTimeToken.Hash, _ purpose: String, _ userID: String, _ email: EmailAddress, _ seconds: Int64,
        _ connection: PostgresConnection
    ) throws {
        try connection.execute(
            """
            INSERT INTO one_time_tokens (token_hash, user_id, purpose, email_key, expires_at)
            VALUES ($1, $2, $3, $4, now() + $5::bigint * interval '1 second')
            """, [.bytes(token.bytes), .text(userID), .text(purpose), .text(email.key), .int(seconds)])
    }

    /// The user and the address of a token that could be used now.
    private static func open(
        _ token: OneTimeToken.Hash, _ purpose: String, _ connection: PostgresConnection
    ) throws -> (userID: String, emailKey: String)? {
        let found = try connection.query(
            """
            SELECT user_id, email_key FROM one_time_tokens
            WHERE token_hash = $1 AND purpose = $2 AND used_at IS NULL AND expires_at > now()
            """, [.bytes(token.bytes), .text(purpose)])
        return try found.first.map { (try $0.string("user_id"), try $0.string("email_key")) }
    }

    /// Uses a token. Returns whether nobody did before.
    private static func use(_ token: OneTimeToken.Hash, _ connection: PostgresConnection) throws -> Bool {
        try connection.execute(
            "UPDATE one_time_tokens SET used_at = now() WHERE token_hash = $1 AND used_at IS NULL",
            [.bytes(token.bytes)]) == 1
    }

    /// Makes all tokens void that set a password of a user.
    static func voidResets(of userID: String, _ connection: PostgresConnection) throws {
        try connection.execute(
            "UPDATE one_time_tokens SET used_at = now() WHERE user_id = $1 AND purpose = 'reset' AND used_at IS NULL",
            [.text(userID)])
    }
}
