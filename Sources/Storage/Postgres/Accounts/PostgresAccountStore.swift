import Accounts
import Basics
import Leaderboard
import PostgresClient
import Signing

/// The accounts in Postgres: tables `users` and `profiles`.
package struct PostgresAccountStore: AccountStore {
    private let pool: PostgresPool

    /// - Parameter pool: connections to a migrated database.
    package init(pool: PostgresPool) { self.pool = pool }

    /// See `AccountStore`.
    package func create(_ account: NewAccount, session: NewSession) async throws(StoreError) -> Account? {
        try await pool.run { connection in
            try connection.transaction { connection in
                let inserted = try connection.execute(
                    """
                    INSERT INTO users (user_id, username, password_hash, email, email_key) VALUES ($1, $2, $3, $4, $5)
                    ON CONFLICT DO NOTHING
                    """,
                    [
                        .text(account.id), .text(account.username.text), .text(account.passwordHash),
                        .text(orNull: account.email?.text), .text(orNull: account.email?.key),
                    ])
                guard inserted == 1 else { return nil }
                try connection.execute(
                    "INSERT INTO profiles (user_id, name) VALUES ($1, $2)",
                    [.text(account.id), .text(orNull: account.name)])
                try SessionRows.insert(session, of: account.id, connection)
                return try Self.account("u.user_id = $1", account.id, connection)
            }
        }
    }

    /// See `AccountStore`.
    package func account(_ name: LoginName) async throws(StoreError) -> Account? {
        let key = name.key
        // Postgres does not store it, so nobody has it.
        guard !key.utf8.contains(0) else { return nil }
        let condition =
            switch name {
            case .username: #"lower(u.username COLLATE "C") = $1"#
            case .email: "u.email_key = $1 AND u.email_verified_at IS NOT NULL"
            }
        return try await pool.run { try Self.account(condition, key, $0) }
    }

    /// See `AccountStore`.
    package func account(id: String) async throws(StoreError) -> Account? {
        try await pool.run { try Self.account("u.user_id = $1", id, $0) }
    }

    /// See `AccountStore`.
    package func changePassword(
        of account: Account, to hash: String, keeping session: SessionID
    ) async throws(StoreError) -> [SessionID]? {
        try await pool.run { connection in
            try connection.transaction { connection in
                // The row is locked until the end, so that no session can begin with the old password.
                let changed = try connection.execute(
                    """
                    UPDATE users SET password_hash = $3, updated_at = now()
                    WHERE user_id = $1 AND password_hash = $2 AND banned_at IS NULL
                    """, [.text(account.id), .text(account.passwordHash), .text(hash)])
                guard changed == 1 else { return nil }
                try PostgresOneTimeTokens.voidResets(of: account.id, connection)
                return try SessionRows.endAll(of: account.id, except: session, reason: "password", connection)
            }
        }
    }

    private static func account(
        _ condition: String, _ value: String, _ connection: PostgresConnection
    ) throws -> Account? {
        let sql = "SELECT \(AccountRow.columns) FROM \(AccountRow.tables) WHERE \(condition)"
        return try connection.query(sql, [.text(value)]).first.map(AccountRow.account)
    }
}
