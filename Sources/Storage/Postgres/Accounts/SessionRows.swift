import Accounts
import Basics
import Leaderboard
import PostgresClient
import Signing

/// Statements on `sessions`, `refresh_tokens` and `ended_sessions`, for transactions of several stores.
///
/// A transaction that changes a user and sessions locks the row of the user first, so that none waits for another that
/// waits for it.
enum SessionRows {
    /// The life of a session after its last refresh, as an interval.
    static let life = "interval '\(SessionLife.refresh.wholeMilliseconds / 1000) seconds'"

    /// For how long access tokens of a session may still be valid after its last refresh, generously: they live for 15
    /// minutes, and clocks differ.
    private static let accessLife = "interval '1 hour'"

    /// Adds a session and its first token.
    static func insert(_ session: NewSession, of userID: String, _ connection: PostgresConnection) throws {
        try connection.execute(
            "INSERT INTO sessions (session_id, user_id, expires_at) VALUES ($1, $2, now() + \(life))",
            [.text(session.id.description), .text(userID)])
        try insert(token: session.token, of: session.id.description, connection)
    }

    /// Adds a token to a session.
    static func insert(token: [UInt8], of session: String, _ connection: PostgresConnection) throws {
        try connection.execute(
            "INSERT INTO refresh_tokens (token_hash, session_id) VALUES ($1, $2)", [.bytes(token), .text(session)])
    }

    /// Ends all sessions of a user, whose row the transaction has locked.
    ///
    /// - Returns: those that had not ended.
    static func endAll(
        of userID: String, except session: SessionID? = nil, reason: String, _ connection: PostgresConnection
    ) throws -> [SessionID] {
        try end(
            "user_id = $2 AND session_id IS DISTINCT FROM $3",
            [.text(userID), .text(orNull: session?.description)], reason: reason, connection)
    }

    /// Ends the sessions that were refreshed longest ago, beyond the number that a user may have.
    static func endSurplus(of userID: String, _ connection: PostgresConnection) throws -> [SessionID] {
        try end(
            """
            session_id IN (SELECT session_id FROM sessions WHERE user_id = $2 AND ended_at IS NULL
                ORDER BY refreshed_at DESC, session_id OFFSET $3)
            """, [.text(userID), .int(Int64(SessionLife.sessionsMax))], reason: "surplus", connection)
    }

    /// Ends one session.
    static func end(_ session: String, reason: String, _ connection: PostgresConnection) throws -> [SessionID] {
        try end("session_id = $2", [.text(session)], reason: reason, connection)
    }

    /// Ends sessions, and notes those whose access tokens may still be valid. `$1` is the reason.
    private static func end(
        _ condition: String, _ values: [PostgresValue], reason: String, _ connection: PostgresConnection
    ) throws -> [SessionID] {
        let sql = """
            WITH ended AS (
                UPDATE sessions SET ended_at = now(), end_reason = $1 WHERE ended_at IS NULL AND \(condition)
                RETURNING session_id, refreshed_at),
            noted AS (
                INSERT INTO ended_sessions (session_id) SELECT session_id FROM ended
                WHERE refreshed_at > now() - \(accessLife) ON CONFLICT DO NOTHING)
            SELECT session_id FROM ended
            """
        return try connection.query(sql, [.text(reason)] + values).rows.map { row in
            let id = try row.string("session_id")
            guard let session = SessionID(id) else { throw StoreError(.corrupt, "the session \(id) is malformed") }
            return session
        }
    }
}
