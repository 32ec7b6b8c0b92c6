import Basics
import Leaderboard
import Play
import PostgresClient

/// Notifications in Postgres: tables `notifications` and `notification_preferences`.
public struct PostgresNotifications: NotificationStore {
    private let pool: PostgresPool

    /// - Parameter pool: connections to a migrated database.
    public init(pool: PostgresPool) { self.pool = pool }

    // MARK: Adding

    /// The longest title, in characters. Longer ones are cut.
    private static let titleCharactersMax = 300

    /// Adds a notification in the transaction of its cause. Nothing happens if there is one with this reference, or if
    /// the user does not want the kind.
    ///
    /// - Parameters:
    ///   - user: the user's id.
    ///   - reference: what it tells of, unique for the user and the kind: the same is told once.
    ///   - title: a sentence for people.
    ///   - data: facts for programs: a JSON object of at most 4 KiB without NUL characters.
    /// - Returns: whether it was added.
    @discardableResult
    package static func add(
        kind: NotificationKind, user: String, reference: String, title: String, data: String = "{}",
        on connection: PostgresConnection
    ) throws -> Bool {
        try connection.execute(
            """
            INSERT INTO notifications (user_id, kind, reference, title, data)
            SELECT $1::text, $2::text, $3::text, $4::text, $5::jsonb WHERE NOT EXISTS (
                SELECT FROM notification_preferences WHERE user_id = $1 AND kind = $2 AND NOT wanted)
            ON CONFLICT (user_id, kind, reference) DO NOTHING
            """,
            [
                .text(user), .text(kind.rawValue), .text(reference), .text(String(title.prefix(titleCharactersMax))),
                .json(data),
            ]) == 1
    }

    // MARK: Reading

    /// See `NotificationStore`.
    package func notifications(
        of userID: String, unreadOnly: Bool, before: Int64?, limit: Int
    ) async throws(StoreError) -> [UserNotification] {
        try await pool.run { connection in
            try connection.query(
                """
                SELECT \(Self.columns) FROM notifications
                WHERE user_id = $1 AND notification_id < $2 \(unreadOnly ? "AND read_at IS NULL" : "")
                ORDER BY notification_id DESC LIMIT $3
                """, [.text(userID), .int(before ?? .max), .int(Int64(limit))]
            ).rows.map { try Self.notification($0) }
        }
    }

    /// See `NotificationStore`.
    package func markRead(_ choice: ReadChoice, of userID: String) async throws(StoreError) -> Int {
        try await pool.run { connection in
            let statement = "UPDATE notifications SET read_at = now() WHERE user_id = $1 AND read_at IS NULL"
            switch choice {
            case .all: return try connection.execute(statement, [.text(userID)])
            case .ids(let ids):
                return try connection.execute(
                    "\(statement) AND notification_id = ANY ($2::bigint[])", [.text(userID), .intArray(ids)])
            }
        }
    }

    /// See `NotificationStore`.
    package func preferences(of userID: String) async throws(StoreError) -> NotificationPreferences {
        try await pool.run { try Self.preferences(of: userID, on: $0) }
    }

    /// See `NotificationStore`.
    package func change(
        _ changes: [NotificationKind: Bool], of userID: String
    ) async throws(StoreError) -> NotificationPreferences {
        try await pool.run { connection in
            try connection.transaction { connection in
                // In one order, so that no two changes of a user wait for each other.
                for (kind, wanted) in changes.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
                    try connection.execute(
                        """
                        INSERT INTO notification_preferences (user_id, kind, wanted) VALUES ($1, $2, $3)
                        ON CONFLICT (user_id, kind) DO UPDATE SET wanted = EXCLUDED.wanted
                        """, [.text(userID), .text(kind.rawValue), .bool(wanted)])
                }
                return try Self.preferences(of: userID, on: connection)
            }
        }
    }

    private static func preferences(
        of userID: String, on connection: PostgresConnection
    ) throws -> NotificationPreferences {
        let rows = try connection.query(
            "SELECT kind FROM notification_preferences WHERE user_id = $1 AND NOT wanted", [.text(userID)]
        ).rows
        return NotificationPreferences(
            unwanted: Set(try rows.compactMap { NotificationKind(rawValue: try $0.string(0)) }))
    }

    // MARK: Pushing and sweeping

    // Indexes find rows by the time of the statement. `clock_timestamp()` may change from row to row, so Postgres would
    // read all rows.

    /// See `NotificationStore`.
    package func claimUnpushed(limit: Int, lease: Duration) async throws(StoreError) -> [UserNotification] {
        try await pool.run { connection in
            try connection.query(
                """
                UPDATE notifications SET push_at = clock_timestamp() + $2 * interval '1 millisecond'
                WHERE notification_id IN (
                    SELECT notification_id FROM notifications
                    WHERE pushed_at IS NULL AND push_at <= statement_timestamp()
                    ORDER BY push_at LIMIT $1 FOR UPDATE SKIP LOCKED)
                RETURNING \(Self.columns)
                """, [.int(Int64(limit)), .int(lease.wholeMilliseconds)]
            ).rows.map { try Self.notification($0) }.sorted { $0.id < $1.id }
        }
    }

    /// See `NotificationStore`.
    package func markPushed(_ ids: [Int64]) async throws(StoreError) {
        try await pool.run { connection in
            _ = try connection.execute(
                """
                UPDATE notifications SET pushed_at = clock_timestamp()
                WHERE notification_id = ANY ($1::bigint[]) AND pushed_at IS NULL
                """, [.intArray(ids)])
        }
    }

    /// See `NotificationStore`.
    package func sweep(keep: NotificationRetention, limit: Int) async throws(StoreError) -> Int {
        try await pool.run { connection in
            let old = try connection.execute(
                """
                DELETE FROM notifications WHERE notification_id IN (
                    SELECT notification_id FROM notifications
                    WHERE created_at < statement_timestamp() - $1 * interval '1 day'
                    ORDER BY created_at LIMIT $2 FOR UPDATE SKIP LOCKED)
                """, [.int(Int64(keep.days)), .int(Int64(limit))])
            let surplus = try connection.execute(
                """
                DELETE FROM notifications WHERE notification_id IN (
                    SELECT old.notification_id FROM (
                        SELECT user_id FROM notifications WHERE created_at > statement_timestamp() - interval '1 hour'
                        GROUP BY user_id) AS recent
                    CROSS JOIN LATERAL (
                        SELECT notification_id FROM notifications WHERE user_id = recent.user_id
                        ORDER BY notification_id DESC OFFSET $1) AS old
                    LIMIT $2)
                """, [.int(Int64(keep.ofUser)), .int(Int64(limit))])
            return max(old, surplus)
        }
    }

    private static let columns = """
        notification_id, user_id, kind, title, data, read_at IS NOT NULL AS is_read,
            floor(extract(epoch FROM created_at) * 1000)::bigint AS created
        """

    private static func notification(_ row: PostgresRow) throws -> UserNotification {
        UserNotification(
            id: try row.int("notification_id"), userID: try row.string("user_id"), kind: try row.string("kind"),
            title: try row.string("title"), data: try row.string("data"), createdAt: try row.int("created"),
            isRead: try row.bool("is_read"))
    }
}
