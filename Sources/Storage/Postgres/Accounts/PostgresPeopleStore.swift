import Accounts
import Leaderboard
import PostgresClient
import Signing

/// Accounts in Postgres, as administrators and their owners see them: table `users`, with the names of `profiles`.
public struct PostgresPeopleStore: PeopleStore {
    private let pool: PostgresPool

    /// - Parameter pool: connections to a migrated database.
    public init(pool: PostgresPool) { self.pool = pool }

    /// See `PeopleStore`.
    package func person(_ userID: String) async throws(StoreError) -> Person? {
        try await pool.run { connection in
            try connection.query("\(Self.select) WHERE users.user_id = $1", [.text(userID)]).first
                .map { try Self.person($0) }
        }
    }

    /// See `PeopleStore`.
    package func people(_ search: PeopleSearch) async throws(StoreError) -> [Person] {
        // A prefix is a range of the collation "C". No name holds the last code point. Each part is bounded, so that a
        // search by one letter costs no more than others.
        let matches = """
            AND users.user_id IN (
                (SELECT user_id FROM users
                 WHERE lower(username) COLLATE "C" BETWEEN lower($3) AND lower($3) || chr(1114111)
                    AND lower(username) COLLATE "C" > lower($1)
                 ORDER BY lower(username) COLLATE "C" LIMIT $2)
                UNION ALL
                (SELECT user_id FROM profiles JOIN users USING (user_id)
                 WHERE lower(name) COLLATE "C" BETWEEN lower($3) AND lower($3) || chr(1114111)
                 ORDER BY lower(name) COLLATE "C" LIMIT \(PeopleSearch.namesMax))
                UNION ALL SELECT user_id FROM users WHERE email_key = lower($3))
            """
        return try await pool.run { connection in
            try connection.query(
                """
                \(Self.select) WHERE lower(username) COLLATE "C" > lower($1) \(search.text == nil ? "" : matches)
                ORDER BY lower(username) COLLATE "C" LIMIT $2
                """,
                [.text(search.after ?? ""), .int(Int64(search.limit))] + (search.text.map { [.text($0)] } ?? [])
            ).rows.map { try Self.person($0) }
        }
    }

    /// See `PeopleStore`.
    package func perform(_ act: PersonAct, on userID: String) async throws(StoreError) -> PersonActOutcome {
        try await pool.run { connection in
            try connection.transaction { connection in
                // All administrators are locked, in one order, so that no two of them can remove each other.
                let admins = try connection.query(
                    """
                    SELECT user_id FROM users WHERE role = 'admin' AND banned_at IS NULL
                    ORDER BY user_id FOR UPDATE
                    """
                ).rows.map { try $0.string("user_id") }
                guard try Self.exists(userID, on: connection) else { return .unknown }
                if act.endsAdministration, admins.count == 1, admins[0].utf8.elementsEqual(userID.utf8) {
                    return .lastAdmin
                }
                guard try Self.update(userID, act, on: connection) else { return .unchanged }
                return .done(ended: try Self.endSessions(of: userID, reason: act.endReason, on: connection))
            }
        }
    }

    private static func exists(_ userID: String, on connection: PostgresConnection) throws -> Bool {
        try connection.query("SELECT 1 FROM users WHERE user_id = $1 FOR UPDATE", [.text(userID)]).first != nil
    }

    /// Returns false if the account was so already.
    private static func update(_ userID: String, _ act: PersonAct, on connection: PostgresConnection) throws -> Bool {
        let (change, values): (String, [PostgresValue]) =
            switch act {
            case .ban(let reason):
                ("banned_at = now(), ban_reason = $2 WHERE banned_at IS NULL", [.text(orNull: reason)])
            case .unban: ("banned_at = NULL, ban_reason = NULL WHERE banned_at IS NOT NULL", [])
            case .setRole(let role): ("role = $2 WHERE role <> $2", [.text(role.rawValue)])
            }
        return try connection.execute(
            "UPDATE users SET updated_at = now(), \(change) AND user_id = $1", [.text(userID)] + values) > 0
    }

    /// Ends all sessions of a user in the transaction of the caller, which holds the row of the user.
    private static func endSessions(
        of userID: String, reason: String?, on connection: PostgresConnection
    ) throws -> [SessionID] {
        guard let reason else { return [] }
        let ended = try connection.query(
            """
            WITH ended AS (
                UPDATE sessions SET ended_at = clock_timestamp(), end_reason = $2
                WHERE user_id = $1 AND ended_at IS NULL RETURNING session_id)
            INSERT INTO ended_sessions (session_id) SELECT session_id FROM ended
            ON CONFLICT DO NOTHING RETURNING session_id
            """, [.text(userID), .text(reason)])
        return try ended.rows.compactMap { SessionID(try $0.string("session_id")) }
    }

    private static let select = """
        SELECT users.user_id, username, role, email, new_email, email_verified_at IS NOT NULL AS is_verified,
            ban_reason, floor(extract(epoch FROM banned_at) * 1000)::bigint AS banned,
            floor(extract(epoch FROM users.created_at) * 1000)::bigint AS created, name, avatar_url
        FROM users LEFT JOIN profiles USING (user_id)
        """

    private static func person(_ row: PostgresRow) throws -> Person {
        Person(
            userID: try row.string("user_id"), username: try row.string("username"),
            // A role of a later version gives nothing here.
            role: Role(rawValue: try row.string("role")) ?? .player,
            email: try row.stringOrNil("email"), claimedEmail: try row.stringOrNil("new_email"),
            isEmailVerified: try row.bool("is_verified"),
            bannedAt: try row.intOrNil("banned"), banReason: try row.stringOrNil("ban_reason"),
            createdAt: try row.int("created"), name: try row.stringOrNil("name"),
            avatarURL: try row.stringOrNil("avatar_url"))
    }
}

extension PersonAct {
    /// Whether an administrator would not be one after it.
    fileprivate var endsAdministration: Bool {
        switch self {
        case .ban: true
        case .unban: false
        case .setRole(let role): role != .admin
        }
    }

    /// Why the sessions end with it; nil if they go on.
    fileprivate var endReason: String? {
        switch self {
        case .ban: "banned"
        case .unban: nil
        case .setRole: "role"
        }
    }
}
