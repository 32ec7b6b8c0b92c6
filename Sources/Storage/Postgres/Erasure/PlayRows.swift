import Leaderboard
import PostgresClient

/// What the game services keep for a deleted user.
///
/// Most of it is deleted when the deletion begins. An award that is on its way to the hub then may still count. On a
/// board whose scores are not off yet, it is of the life that ends, and is renamed with the rest; otherwise it is of a
/// later life, as any update during the deletion. Nobody sends it again: its row is gone.
///
/// Followers of the ledger may be some events behind, and bring rows back. So those of followers go once more after the
/// ledger has the pseudonym, while the followers stand still: a later batch sees the pseudonym alone. If the user has
/// begun again before, the followers' counts of these first minutes go, too: they are not told apart from the old ones.
struct PlayRows {
    private let erasure: Erasure

    init(_ erasure: Erasure) {
        self.erasure = erasure
    }

    /// The tables that are emptied before the wallets: whoever completes a task or takes a hint holds its row, and then
    /// the row of the wallet.
    static let beforeWallets = ["challenge_members", "challenges", "tasks"]
    /// The other tables of which nothing stays.
    static let afterWallets = ["awards", "notifications", "notification_preferences"] + counts
    /// The tables of the follower `gamification`, in the order in which it writes them.
    private static let counts = ["player_counts", "player_days", "streaks", "user_badges"]
    private static let followedKinds = ["badge", "level", "passed", "streak_at_risk"]

    /// Deletes and renames what followers of the ledger have written, in the open transaction.
    func rename(on connection: PostgresConnection) throws {
        try connection.query(
            """
            SELECT FROM follower_positions WHERE follower IN ('gamification', 'analytics', 'passed')
            ORDER BY follower, partition FOR UPDATE
            """)
        // The last look is minutes later. A life that has begun by then has its own counts.
        if erasure.state == .signatures, try hasLaterLife(on: connection) { return }
        let user: [PostgresValue] = [.text(erasure.userID)]
        for table in Self.counts { try connection.execute("DELETE FROM \(table) WHERE user_id = $1", user) }
        try connection.execute(
            "DELETE FROM notifications WHERE user_id = $1 AND kind = ANY ($2::text[])",
            user + [.textArray(Self.followedKinds)])
        let names = user + [.text(erasure.pseudonym)]
        try connection.execute(
            """
            WITH moved AS (DELETE FROM analytics_days WHERE user_id = $1 RETURNING *)
            INSERT INTO analytics_days AS old (user_id, day, events, points, tasks, rank)
            SELECT $2, day, events, points, tasks, rank FROM moved
            ON CONFLICT (user_id, day) DO UPDATE SET events = old.events + EXCLUDED.events,
                points = \(AnalyticsEffect.sum), tasks = old.tasks + EXCLUDED.tasks,
                rank = coalesce(EXCLUDED.rank, old.rank)
            """, names)
        try connection.execute(
            """
            WITH moved AS (DELETE FROM analytics_users WHERE user_id = $1 RETURNING *)
            INSERT INTO analytics_users AS old (user_id, first_day) SELECT $2, first_day FROM moved
            ON CONFLICT (user_id) DO UPDATE SET first_day = least(old.first_day, EXCLUDED.first_day)
            """, names)
    }

    /// Whether the ledger has events of the user that were not renamed.
    private func hasLaterLife(on connection: PostgresConnection) throws -> Bool {
        let row = try connection.query(
            """
            SELECT EXISTS (SELECT FROM boards WHERE EXISTS (
                SELECT FROM score_events AS e WHERE e.board = boards.board AND e.user_id = $1)) AS has_events
            """, [.text(erasure.userID)]
        ).first
        return try row?.bool("has_events") == true
    }
}
