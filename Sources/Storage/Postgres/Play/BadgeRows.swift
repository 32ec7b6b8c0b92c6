import Leaderboard
import Play
import PostgresClient

/// Rows of `badges` and `user_badges`, in the transaction of the caller.
enum BadgeRows {
    /// The columns that ``badge(_:)`` reads.
    static let columns = "badges.badge_id, name, description, icon, rule"

    /// The badge of a row; nil if this version does not know its rule.
    static func badge(_ row: PostgresRow) throws -> Badge? {
        guard let rule = BadgeRule(json: try row.string("rule")) else { return nil }
        return Badge(
            id: try row.string("badge_id"), name: try row.string("name"), description: try row.string("description"),
            icon: try row.string("icon"), rule: rule)
    }

    /// All badges whose rules this version knows.
    static func all(on connection: PostgresConnection) throws -> [Badge] {
        try connection.query("SELECT \(columns) FROM badges ORDER BY badge_id COLLATE \"C\"").rows
            .compactMap { try badge($0) }
    }

    /// Gives a badge, and notifies the user.
    ///
    /// - Parameter event: the event of the ledger that earned it; nil if it is retroactive.
    static func give(
        _ badge: Badge, to user: String, by event: (partition: Int, seq: Int64)?, on connection: PostgresConnection
    ) throws {
        let given = try connection.execute(
            """
            INSERT INTO user_badges (user_id, badge_id, retroactive, partition, seq) VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (user_id, badge_id) DO NOTHING
            """,
            [
                .text(user), .text(badge.id), .bool(event == nil), .int(orNull: (event?.partition).map { Int64($0) }),
                .int(orNull: event?.seq),
            ])
        guard given == 1 else { return }
        try PostgresNotifications.add(
            kind: .badge, user: user, reference: badge.id, title: "You earned the badge \(badge.name).",
            data: NotificationData.badge(badge, isRetroactive: event == nil), on: connection)
    }
}
