import Settings

/// The rights that the roles of a node need in Postgres.
enum PostgresRights {
    /// Returns pairs of table and privilege.
    static func needed(_ roles: NodeRoles) -> [(table: String, privilege: String)] {
        var needed: [(table: String, privilege: String)] = []
        func add(_ table: String, _ privileges: String...) {
            for privilege in privileges { needed.append((table, privilege)) }
        }
        if !roles.isDisjoint(with: [.api, .persister, .accounts]) { add("deployment", "SELECT") }
        if roles.contains(.api) || roles.contains(.persister) {
            add("actions", "SELECT")
            add("boards", "SELECT")
            add("catalogue_revision", "SELECT")
            add("ended_sessions", "SELECT")
            add("api_keys", "SELECT")
            add("api_keys_revision", "SELECT")
        }
        if roles.contains(.api) {
            add("actions", "INSERT", "UPDATE", "DELETE")
            add("boards", "INSERT", "UPDATE", "DELETE")
            add("board_generations", "UPDATE")
            add("archived_periods", "SELECT", "UPDATE")
            add("archived_entries", "SELECT")
            add("scores", "SELECT", "DELETE")
            add("catalogue_revision", "UPDATE")
            add("partition_positions", "SELECT")
            add("suspicions", "SELECT", "INSERT", "UPDATE")
            add("audit_log", "INSERT")
            add("idempotency_keys", "SELECT", "INSERT", "UPDATE", "DELETE")
            add("user_deletions", "SELECT", "INSERT", "UPDATE")
            add("user_deletion_boards", "SELECT", "INSERT", "UPDATE")
            add("score_events", "SELECT")
            add("ledger_openings", "SELECT")
            for table in ["users", "profiles", "wallets", "wallet_entries", "idempotency_keys"] {
                add(table, "SELECT", "DELETE")
            }
            add("users", "UPDATE")
            add("sessions", "SELECT")
            add("ended_sessions", "SELECT", "INSERT", "UPDATE")
        }
        if roles.contains(.persister) {
            add("scores", "SELECT", "INSERT", "UPDATE", "DELETE")
            add("score_events", "SELECT", "INSERT")
            add("partition_positions", "SELECT", "INSERT", "UPDATE")
            add("dead_letters", "SELECT", "INSERT")
            add("orphaned_events", "SELECT", "INSERT")
            add("archived_periods", "SELECT", "INSERT", "UPDATE", "DELETE")
            add("archived_entries", "SELECT", "INSERT", "DELETE")
            add("dead_letters", "SELECT")
            add("ledger_openings", "SELECT", "INSERT", "UPDATE", "DELETE")
            add("ledger_drops", "SELECT", "INSERT", "UPDATE")
            add("user_deletions", "SELECT", "INSERT", "UPDATE", "DELETE")
            add("user_deletion_boards", "SELECT", "INSERT", "UPDATE", "DELETE")
            for table in ["score_events", "archived_entries", "dead_letters", "orphaned_events"] {
                add(table, "UPDATE")
            }
            for table in ["settled_letters", "audit_log", "api_keys", "api_keys_revision"] {
                add(table, "SELECT", "UPDATE")
            }
            add("suspicions", "SELECT", "INSERT", "UPDATE", "DELETE")
            add("audits", "SELECT", "INSERT", "UPDATE")
            add("audit_findings", "SELECT", "INSERT", "UPDATE")
        }
        if roles.contains(.accounts) {
            add("users", "SELECT", "INSERT", "UPDATE")
            add("profiles", "SELECT", "INSERT", "UPDATE")
            add("wallets", "SELECT", "INSERT", "UPDATE")
            add("wallet_entries", "SELECT", "INSERT")
            add("api_keys", "SELECT", "INSERT", "UPDATE")
            add("api_keys_revision", "SELECT", "UPDATE")
            add("audit_log", "INSERT")
            add("sessions", "SELECT", "INSERT", "UPDATE", "DELETE")
            add("refresh_tokens", "SELECT", "INSERT", "UPDATE", "DELETE")
            add("ended_sessions", "SELECT", "INSERT", "UPDATE", "DELETE")
            add("one_time_tokens", "SELECT", "INSERT", "UPDATE", "DELETE")
            add("idempotency_keys", "SELECT", "INSERT", "UPDATE", "DELETE")
        }
        return needed
    }
}
