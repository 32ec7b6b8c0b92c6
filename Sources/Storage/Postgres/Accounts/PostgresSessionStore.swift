import Accounts
import Leaderboard
import PostgresClient
import Signing

/// The sessions in Postgres: tables `sessions`, `refresh_tokens` and `ended_sessions`.
package struct PostgresSessionStore: SessionStore {
    private let pool: PostgresPool

    /// - Parameter pool: connections to a migrated database.
    package init(pool: PostgresPool) { self.pool = pool }

    /// See `SessionStore`.
    package func open(
        _ session: NewSession, of account: Account, rehashed hash: String?
    ) async throws(StoreError) -> SessionOpening {
        try await pool.run { connection in
            try connection.transaction { connection in
                guard var now = try Self.lockedAccount(account.id, connection),
                    now.passwordHash.utf8.elementsEqual(account.passwordHash.utf8)
                else { return .changed }
                guard !now.isBanned else { return .banned }
                if let hash {
                    try connection.execute(
                        "UPDATE users SET password_hash = $2 WHERE user_id = $1", [.text(now.id), .text(hash)])
                    now.passwordHash = hash
                }
                try SessionRows.insert(session, of: now.id, connection)
                return .opened(now, ended: try SessionRows.endSurplus(of: now.id, connection))
            }
        }
    }

    /// See `SessionStore`.
    package func refresh(_ token: [UInt8], next: [UInt8]) async throws(StoreError) -> SessionRefresh {
        try await pool.run { connection in
            try connection.transaction { connection in
                guard
                    let session = try connection.query(
                        "SELECT session_id FROM refresh_tokens WHERE token_hash = $1", [.bytes(token)]
                    ).first?.string("session_id")
                else { return .refused }
                return try Self.refresh(session, token: token, next: next, connection)
            }
        }
    }

    /// Refreshes a session of which the token is one. All calls with tokens of the session go through here one after
    /// the other, and each sees what the ones before it did.
    private static func refresh(
        _ session: String, token: [UInt8], next: [UInt8], _ connection: PostgresConnection
    ) throws -> SessionRefresh {
        guard let id = SessionID(session) else { throw StoreError(.corrupt, "the session \(session) is malformed") }
        let locked = try connection.query(
            """
            SELECT ended_at IS NULL AND expires_at > now() AS is_alive, end_reason IS NOT DISTINCT FROM 'banned'
                AS ended_by_ban FROM sessions WHERE session_id = $1 FOR NO KEY UPDATE
            """, [.text(session)])
        guard let locked = locked.first else { return .refused }
        let endedByBan = try locked.bool("ended_by_ban")
        guard try endedByBan || locked.bool("is_alive") else { return .refused }
        let row = try connection.query(
            """
            SELECT \(AccountRow.columns) FROM \(AccountRow.tables) JOIN sessions s USING (user_id)
            WHERE s.session_id = $1
            """, [.text(session)]
        ).first
        guard let account = try row.map(AccountRow.account) else { return .refused }
        // The ban has ended the session, or is about to. After the ban, the session stays over.
        guard !account.isBanned else { return .banned }
        guard !endedByBan else { return .refused }
        let used = try connection.execute(
            "UPDATE refresh_tokens SET used_at = now() WHERE token_hash = $1 AND used_at IS NULL", [.bytes(token)])
        guard used == 1 else {
            _ = try SessionRows.end(session, reason: "reuse", connection)
            return .reused(id)
        }
        try SessionRows.insert(token: next, of: session, connection)
        try connection.execute(
            "UPDATE sessions SET refreshed_at = now(), expires_at = now() + \(SessionRows.life) WHERE session_id = $1",
            [.text(session)])
        return .refreshed(account, id)
    }

    /// See `SessionStore`.
    package func end(_ session: SessionID) async throws(StoreError) -> Bool {
        try await pool.run { connection in
            try connection.transaction { connection in
                try !SessionRows.end(session.description, reason: "logout", connection).isEmpty
            }
        }
    }

    /// See `SessionStore`.
    package func endAll(of userID: String) async throws(StoreError) -> [SessionID] {
        try await pool.run { connection in
            try connection.transaction { connection in
                // The account may be gone; then so are its sessions.
                _ = try Self.lockedAccount(userID, connection)
                return try SessionRows.endAll(of: userID, reason: "logout_all", connection)
            }
        }
    }

    /// See `SessionStore`.
    package func sweep(limit: Int) async throws(StoreError) -> Int {
        var count = 0
        for statement in Self.sweeps {
            count += try await pool.run { try $0.execute(statement, [.int(Int64(limit))]) }
        }
        return count
    }

    /// Rows that another node deletes at this moment are left to it.
    private static let sweeps = [
        delete("sessions", "session_id", where: "expires_at < now() - interval '1 day'"),
        delete("sessions", "session_id", where: "ended_at < now() - interval '1 day'"),
        // The session would not be alive if its next token had not come in time.
        delete("refresh_tokens", "token_hash", where: "used_at < now() - \(SessionRows.life)"),
        delete("ended_sessions", "session_id", where: "ended_at < now() - interval '1 hour'"),
        delete("one_time_tokens", "token_hash", where: "expires_at < now() - interval '1 day'"),
        delete("idempotency_keys", "ctid", where: "created_at < now() - interval '1 day'"),
    ]

    private static func delete(_ table: String, _ key: String, where condition: String) -> String {
        """
        DELETE FROM \(table) WHERE \(key) = ANY (ARRAY(
            SELECT \(key) FROM \(table) WHERE \(condition) LIMIT $1 FOR UPDATE SKIP LOCKED))
        """
    }

    /// The account, locked against all other changes, until the end of the transaction.
    private static func lockedAccount(_ id: String, _ connection: PostgresConnection) throws -> Account? {
        let sql = """
            SELECT \(AccountRow.columns) FROM \(AccountRow.tables) WHERE u.user_id = $1 FOR NO KEY UPDATE OF u
            """
        return try connection.query(sql, [.text(id)]).first.map(AccountRow.account)
    }
}
