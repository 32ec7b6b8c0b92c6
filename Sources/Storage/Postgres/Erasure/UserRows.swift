import Basics
import Leaderboard
import PostgresClient

/// What belongs to a user alone: the account with its sessions, the profile, the wallets, and what the game services
/// keep. It is deleted, and not renamed.
enum UserRows {
    /// Deletes it, and begins the deletion of the rest, in the open transaction.
    ///
    /// - Returns: the deletion, and the sessions that ended with the account.
    static func erase(
        _ userID: String, patience: Int64, on connection: PostgresConnection
    ) throws -> (erasure: Erasure, sessions: [String]) {
        let user: [PostgresValue] = [.text(userID)]
        // Nobody can begin a session while the account is locked.
        try connection.query("SELECT FROM users WHERE user_id = $1 FOR UPDATE", user)
        let sessions = try connection.query(
            """
            INSERT INTO ended_sessions (session_id)
            SELECT session_id FROM sessions WHERE user_id = $1
            ON CONFLICT (session_id) DO UPDATE SET ended_at = EXCLUDED.ended_at RETURNING session_id
            """, user
        ).rows.map { try $0.string(0) }
        // The row of a wallet is its lock: whoever adds an entry holds it, so the entries go after it.
        let tables =
            PlayRows.beforeWallets + ["users", "profiles", "wallets", "wallet_entries", "idempotency_keys"]
            + PlayRows.afterWallets
        for table in tables {
            try connection.execute("DELETE FROM \(table) WHERE user_id = $1", user)
        }
        let row = try connection.query(
            """
            INSERT INTO user_deletions AS known (pseudonym, user_id, available_at)
            VALUES ($1, $2, clock_timestamp() + $3 * interval '1 millisecond')
            ON CONFLICT (user_id) DO UPDATE SET state = 'scores', request = known.request + 1,
                requested_at = clock_timestamp(), available_at = EXCLUDED.available_at, renamed_at = NULL
            RETURNING pseudonym, user_id, state, request
            """, [.text(pseudonym()), .text(userID), .int(patience)]
        ).first
        guard let row else { throw StoreError(.corrupt, "the deletion of a user was not stored") }
        return (try PostgresErasures.erasure(row), sessions)
    }

    /// A new name: 128 random bits.
    private static func pseudonym() -> String {
        let bits = (UInt64.random(in: .min ... .max), UInt64.random(in: .min ... .max))
        return "deleted_" + withUnsafeBytes(of: bits) { Base64.encodeURL($0) }
    }
}
