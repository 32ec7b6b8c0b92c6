import Leaderboard
import Play
import PostgresClient

/// Badges in Postgres: tables `badges` and `user_badges`.
public struct PostgresBadges: BadgeStore {
    private let pool: PostgresPool
    private let playBoard: String

    /// - Parameters:
    ///   - pool: connections to a migrated database.
    ///   - playBoard: the board of play.
    public init(pool: PostgresPool, playBoard: String) {
        self.pool = pool
        self.playBoard = playBoard
    }

    /// See `BadgeStore`.
    package func badges(after: String?, limit: Int) async throws(StoreError) -> [Badge] {
        try await pool.run { connection in
            try connection.query(
                """
                SELECT \(BadgeRows.columns) FROM badges WHERE badge_id COLLATE "C" > $1
                ORDER BY badge_id COLLATE "C" LIMIT $2
                """, [.text(after ?? ""), .int(Int64(limit))]
            ).rows.compactMap { try BadgeRows.badge($0) }
        }
    }

    /// See `BadgeStore`.
    package func put(_ badge: Badge) async throws(StoreError) -> BadgePutOutcome {
        try await pool.run { connection in
            try connection.transaction { connection in
                try PlayLocks.lockBadges(on: connection)
                let others = try connection.query(
                    "SELECT count(*) FROM badges WHERE badge_id <> $1", [.text(badge.id)]
                ).first?.int(0)
                guard let others, others < Badge.countMax else { return .tooMany }
                let row = try connection.query(
                    """
                    INSERT INTO badges AS old (badge_id, name, description, icon, rule) VALUES ($1, $2, $3, $4, $5)
                    ON CONFLICT (badge_id) DO UPDATE SET name = EXCLUDED.name, description = EXCLUDED.description,
                        icon = EXCLUDED.icon, rule = EXCLUDED.rule, revision = EXCLUDED.revision,
                        swept = CASE WHEN old.rule = EXCLUDED.rule AND old.swept = old.revision
                            THEN EXCLUDED.revision ELSE 0 END,
                        sweep_after = NULL, updated_at = clock_timestamp()
                    RETURNING xmax = 0 AS is_new
                    """,
                    [
                        .text(badge.id), .text(badge.name), .text(badge.description), .text(badge.icon),
                        .json(badge.rule.json),
                    ]
                ).first
                return try row?.bool("is_new") == true ? .created : .replaced
            }
        }
    }

    /// See `BadgeStore`.
    package func delete(_ id: String) async throws(StoreError) -> Bool {
        try await pool.run { connection in
            try connection.transaction { connection in
                try PlayLocks.lockBadges(on: connection)
                return try connection.execute("DELETE FROM badges WHERE badge_id = $1", [.text(id)]) == 1
            }
        }
    }

    /// See `BadgeStore`.
    package func held(by userID: String) async throws(StoreError) -> [HeldBadge] {
        try await pool.run { connection in
            try connection.query(
                """
                SELECT \(BadgeRows.columns), retroactive,
                    floor(extract(epoch FROM earned_at) * 1000)::bigint AS earned
                FROM user_badges JOIN badges ON badges.badge_id = user_badges.badge_id WHERE user_id = $1
                ORDER BY earned_at DESC, badges.badge_id COLLATE "C"
                """, [.text(userID)]
            ).rows.compactMap { row in
                guard let badge = try BadgeRows.badge(row) else { return nil }
                return HeldBadge(
                    badge: badge, earnedAt: try row.int("earned"), isRetroactive: try row.bool("retroactive"))
            }
        }
    }

    // MARK: Sweeping

    /// See `BadgeStore`.
    package func sweep(limit: Int) async throws(StoreError) -> Int? {
        try await pool.run { [playBoard] connection in
            try connection.transaction { connection in
                let row = try connection.query(
                    """
                    SELECT \(BadgeRows.columns), revision, sweep_after FROM badges WHERE swept < revision
                    ORDER BY revision LIMIT 1 FOR UPDATE SKIP LOCKED
                    """
                ).first
                guard let row else { return nil }
                let id = try row.string("badge_id")
                // Followers that have not committed may have read the rule of before.
                try PlayLocks.lockAll(on: connection)
                var users: [String] = []
                if let badge = try BadgeRows.badge(row) {
                    users = try Self.players(after: try row.stringOrNil("sweep_after"), limit: limit, on: connection)
                    try Self.give(badge, to: users, playBoard: playBoard, on: connection)
                }
                if users.count < limit {
                    try connection.execute(
                        "UPDATE badges SET swept = revision, sweep_after = NULL WHERE badge_id = $1", [.text(id)])
                } else {
                    try connection.execute(
                        "UPDATE badges SET sweep_after = $2 WHERE badge_id = $1",
                        [.text(id), .text(orNull: users.last)])
                }
                return users.count
            }
        }
    }

    private static func players(
        after: String?, limit: Int, on connection: PostgresConnection
    ) throws -> [String] {
        try connection.query(
            """
            SELECT user_id FROM player_counts WHERE action_id = '' AND board = '' AND user_id > $1
            ORDER BY user_id LIMIT $2
            """, [.text(after ?? ""), .int(Int64(limit))]
        ).rows.map { try $0.string(0) }
    }

    /// Gives a badge to those of the users who satisfy its rule, and the sets that are complete with it.
    private static func give(
        _ badge: Badge, to users: [String], playBoard: String, on connection: PostgresConnection
    ) throws {
        guard !users.isEmpty else { return }
        let key = badge.rule.countKey(playBoard: playBoard)
        let facts = try PlayerFactsTable.facts(
            of: users, actions: [key?.action ?? ""], boards: [key?.board ?? ""], on: connection)
        let all = try BadgeRows.all(on: connection)
        let sets = all.filter { $0.rule.kind == .badgeSet && $0.id != badge.id }
        let known = Dictionary(([badge] + sets).map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        let rules = ([badge] + sets).map { (id: $0.id, rule: $0.rule) }
        for user in users {
            guard var facts = facts[ByteExact(user)] else { continue }
            for id in facts.award(rules, playBoard: playBoard) {
                guard let badge = known[id] else { continue }
                try BadgeRows.give(badge, to: user, by: nil, on: connection)
            }
        }
    }
}
