import Settings

/// The rights that the roles of a node need in Postgres.
enum PostgresRights {
    typealias Right = (table: String, privilege: String)

    /// Returns pairs of table and privilege.
    static func needed(_ roles: NodeRoles) -> [Right] {
        var needed: [Right] = []
        if !roles.isDisjoint(with: [.api, .persister, .accounts, .play]) { needed += rights("deployment", "SELECT") }
        if roles.useCatalogue { needed += shared }
        if roles.contains(.api) { needed += api }
        if roles.contains(.persister) { needed += persister }
        if roles.contains(.accounts) { needed += accounts }
        if roles.contains(.play) { needed += play }
        if !roles.isDisjoint(with: [.api, .accounts]) {
            needed += playTables.flatMap { rights($0, "SELECT", "DELETE") }
        }
        return needed
    }

    private static func rights(_ table: String, _ privileges: String...) -> [Right] {
        privileges.map { (table, $0) }
    }

    private static var shared: [Right] {
        ["actions", "boards", "catalogue_revision", "ended_sessions", "api_keys", "api_keys_revision"].flatMap {
            rights($0, "SELECT")
        }
    }

    private static var api: [Right] {
        let all: [[Right]] = [
            rights("actions", "INSERT", "UPDATE", "DELETE"),
            rights("boards", "INSERT", "UPDATE", "DELETE"),
            rights("board_generations", "UPDATE"),
            rights("archived_periods", "SELECT", "UPDATE"),
            rights("archived_entries", "SELECT"),
            rights("scores", "SELECT", "DELETE"),
            rights("catalogue_revision", "UPDATE"),
            rights("partition_positions", "SELECT"),
            rights("suspicions", "SELECT", "INSERT", "UPDATE"),
            rights("audit_log", "INSERT"),
            rights("idempotency_keys", "SELECT", "INSERT", "UPDATE", "DELETE"),
            rights("user_deletions", "SELECT", "INSERT", "UPDATE"),
            rights("user_deletion_boards", "SELECT", "INSERT", "UPDATE"),
            rights("score_events", "SELECT"),
            rights("ledger_openings", "SELECT"),
            ["users", "profiles", "wallets", "wallet_entries", "idempotency_keys"].flatMap {
                rights($0, "SELECT", "DELETE")
            },
            rights("users", "UPDATE"),
            rights("sessions", "SELECT"),
            rights("ended_sessions", "SELECT", "INSERT", "UPDATE"),
        ]
        return all.flatMap { $0 }
    }

    private static var persister: [Right] {
        let all: [[Right]] = [
            rights("scores", "SELECT", "INSERT", "UPDATE", "DELETE"),
            rights("score_events", "SELECT", "INSERT"),
            rights("partition_positions", "SELECT", "INSERT", "UPDATE"),
            rights("dead_letters", "SELECT", "INSERT"),
            rights("orphaned_events", "SELECT", "INSERT"),
            rights("archived_periods", "SELECT", "INSERT", "UPDATE", "DELETE"),
            rights("archived_entries", "SELECT", "INSERT", "DELETE"),
            rights("dead_letters", "SELECT"),
            rights("ledger_openings", "SELECT", "INSERT", "UPDATE", "DELETE"),
            rights("ledger_drops", "SELECT", "INSERT", "UPDATE"),
            rights("user_deletions", "SELECT", "INSERT", "UPDATE", "DELETE"),
            rights("user_deletion_boards", "SELECT", "INSERT", "UPDATE", "DELETE"),
            ["score_events", "archived_entries", "dead_letters", "orphaned_events"].flatMap { rights($0, "UPDATE") },
            ["settled_letters", "audit_log", "api_keys", "api_keys_revision"].flatMap {
                rights($0, "SELECT", "UPDATE")
            },
            rights("suspicions", "SELECT", "INSERT", "UPDATE", "DELETE"),
            ["player_counts", "player_days", "streaks", "user_badges", "notifications"].flatMap {
                rights($0, "SELECT", "DELETE")
            },
            ["analytics_days", "analytics_users"].flatMap { rights($0, "SELECT", "INSERT", "UPDATE", "DELETE") },
            rights("follower_positions", "SELECT", "UPDATE"),
            rights("audits", "SELECT", "INSERT", "UPDATE"),
            rights("audit_findings", "SELECT", "INSERT", "UPDATE"),
        ]
        return all.flatMap { $0 }
    }

    private static var accounts: [Right] {
        let all: [[Right]] = [
            rights("users", "SELECT", "INSERT", "UPDATE"),
            rights("profiles", "SELECT", "INSERT", "UPDATE"),
            rights("wallets", "SELECT", "INSERT", "UPDATE"),
            rights("wallet_entries", "SELECT", "INSERT"),
            rights("api_keys", "SELECT", "INSERT", "UPDATE"),
            rights("api_keys_revision", "SELECT", "UPDATE"),
            rights("audit_log", "INSERT"),
            rights("sessions", "SELECT", "INSERT", "UPDATE", "DELETE"),
            rights("refresh_tokens", "SELECT", "INSERT", "UPDATE", "DELETE"),
            rights("ended_sessions", "SELECT", "INSERT", "UPDATE", "DELETE"),
            rights("one_time_tokens", "SELECT", "INSERT", "UPDATE", "DELETE"),
            rights("idempotency_keys", "SELECT", "INSERT", "UPDATE", "DELETE"),
        ]
        return all.flatMap { $0 }
    }

    /// The tables of the game services that name users, of which nothing stays when a user is deleted.
    private static var playTables: [String] {
        [
            "tasks", "challenges", "challenge_members", "awards", "notifications", "notification_preferences",
            "player_counts", "player_days", "streaks", "user_badges",
        ]
    }

    private static var play: [Right] {
        let whole =
            playTables + [
                "task_templates", "taskpoints", "jobpoints", "badges", "analytics_days", "analytics_actions",
                "analytics_users", "follower_positions", "idempotency_keys",
            ]
        let all: [[Right]] = [
            whole.flatMap { rights($0, "SELECT", "INSERT", "UPDATE", "DELETE") },
            [
                "actions", "boards", "catalogue_revision", "score_events", "partition_positions", "user_deletions",
                "dead_letters", "ledger_drops", "archived_periods", "archived_entries", "profiles", "ended_sessions",
                "api_keys", "api_keys_revision",
            ].flatMap { rights($0, "SELECT") },
            rights("wallets", "SELECT", "INSERT", "UPDATE"),
            rights("wallet_entries", "SELECT", "INSERT"),
            rights("audit_log", "INSERT"),
        ]
        return all.flatMap { $0 }
    }
}
