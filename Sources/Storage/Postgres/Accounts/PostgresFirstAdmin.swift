import Accounts
import Leaderboard
import PostgresClient

/// The account of the first administrator, which a local deployment makes for itself.
public struct PostgresFirstAdmin: Sendable {
    private let pool: PostgresPool

    /// - Parameter pool: connections to a migrated database.
    public init(pool: PostgresPool) { self.pool = pool }

    /// Whether there is an account of an administrator, banned or not.
    public func exists() async throws(StoreError) -> Bool {
        try await pool.run { connection in
            try connection.query("SELECT 1 FROM users WHERE role = 'admin' LIMIT 1").first != nil
        }
    }

    /// Makes the account, unless there is an administrator, or the name is taken.
    ///
    /// - Parameter hash: the hash of the password, as a PHC string.
    /// - Returns: whether it was made.
    public func add(userID: String, username: Username, hash: String) async throws(StoreError) -> Bool {
        try await pool.run { connection in
            try connection.execute(
                """
                INSERT INTO users (user_id, username, password_hash, role)
                SELECT $1, $2, $3, 'admin' WHERE NOT EXISTS (SELECT 1 FROM users WHERE role = 'admin')
                ON CONFLICT DO NOTHING
                """, [.text(userID), .text(username.text), .text(hash)]) > 0
        }
    }
}
