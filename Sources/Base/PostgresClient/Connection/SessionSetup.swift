/// Sets up and examines a new session before it is used, in one round trip. Pure.
///
/// A database and a role can bring settings of their own (`ALTER ROLE … SET`), which must not change the text forms
/// that this library reads, the meaning of a commit, or the lifetime of a session.
package struct SessionSetup: Sendable {
    /// Names the session's owner. If a new session has such a mark already, somebody else uses it too.
    static let mark = "scorecast.session"

    private let settings: [(name: String, value: String)]

    init(_ configuration: PostgresConfiguration) {
        let silence = configuration.silenceTimeout ?? configuration.idleInTransactionTimeout
        let idleInTransaction = min(configuration.idleInTransactionTimeout, silence)
        settings =
            [
                ("statement_timeout", "\(configuration.statementTimeout.millisecondsRoundedUp)"),
                ("idle_in_transaction_session_timeout", "\(idleInTransaction.millisecondsRoundedUp)"),
                ("idle_session_timeout", "\(configuration.silenceTimeout?.millisecondsRoundedUp ?? 0)"),
                // The statement's timeout bounds all waits.
                ("lock_timeout", "0"), ("transaction_timeout", "0"),
                ("DateStyle", "ISO, MDY"), ("IntervalStyle", "postgres"), ("TimeZone", "UTC"), ("bytea_output", "hex"),
                ("extra_float_digits", "1"), ("standard_conforming_strings", "on"), ("array_nulls", "on"),
                ("default_transaction_isolation", "read committed"), ("default_transaction_deferrable", "off"),
                ("row_security", "on"), ("client_min_messages", "notice"),
                // Only replaces `off`, with which a crash of the server loses transactions it reported as committed.
                ("synchronous_commit", "on"),
            ] + (configuration.silenceTimeout.map(Self.watch) ?? [])
    }

    /// Settings with which the server notices a client that is gone, also while it runs a statement of this client, or
    /// waits for data of a COPY.
    private static func watch(_ silence: Duration) -> [(name: String, value: String)] {
        let seconds = "\(max(1, silence.millisecondsRoundedUp / 3000))"
        return [
            ("tcp_user_timeout", "\(silence.millisecondsRoundedUp)"), ("tcp_keepalives_idle", seconds),
            ("tcp_keepalives_interval", seconds), ("tcp_keepalives_count", "2"), (checkInterval, "1000"),
        ]
    }

    /// Since Postgres 14. A server on a system without the needed call refuses it.
    private static let checkInterval = "client_connection_check_interval"

    /// The script. Nothing in it comes from outside.
    ///
    /// The timeout comes first: otherwise a shorter timeout of the role would apply to the rest. Settings that this
    /// version of the server does not have are skipped one by one; the view `pg_settings` would compute all settings.
    func script(owner: UInt64) -> String {
        let wanted = settings.map { "('\($0.name)', '\($0.value)')" }.joined(separator: ", ")
        return """
            SET statement_timeout = '\(settings[0].value)';
            SELECT pg_catalog.pg_is_in_recovery() AS recovering,
                pg_catalog.current_setting('transaction_read_only') AS read_only,
                pg_catalog.current_setting('session_replication_role') AS replication_role,
                pg_catalog.current_setting('\(Self.mark)', true) AS found,
                pg_catalog.set_config('\(Self.mark)', '\(owner)', false),
                (SELECT pg_catalog.count(pg_catalog.set_config(wanted.name, wanted.value, false))
                    FROM (VALUES \(wanted)) AS wanted (name, value)
                    WHERE CASE wanted.name
                        WHEN 'synchronous_commit' THEN pg_catalog.current_setting(wanted.name) = 'off'
                        WHEN '\(Self.checkInterval)' THEN pg_catalog.current_setting(wanted.name, true) IS NOT NULL
                            AND pg_catalog.version() LIKE '%linux%'
                        ELSE pg_catalog.current_setting(wanted.name, true) IS NOT NULL END)
            """
    }

    /// Why a session with these answers cannot be used; `nil` if it can be.
    package static func refusal(
        recovering: Bool, readOnly: Bool, replicationRole: String, mark found: String, at place: PostgresError.Place
    ) -> PostgresError? {
        if recovering || readOnly {
            let why =
                recovering
                ? "It is a standby, or recovers."
                : "default_transaction_read_only is on for the server, the database or the role."
            return PostgresError(
                .connection, code: PostgresError.Code.readOnlyServer, "This Postgres takes no writes.", detail: why,
                hint: "It is tried again until it does; name several servers in the URL to look for the one that does.",
                at: place)
        }
        if replicationRole != "origin" {
            return PostgresError(
                .connection, code: PostgresError.Code.badSession, "The session would run without triggers.",
                detail: "session_replication_role is \(replicationRole).",
                hint: "ALTER ROLE … RESET session_replication_role.", at: place)
        }
        if !found.isEmpty { return shared("A new connection found the marks of another one.", at: place) }
        return nil
    }

    /// The error for a session that others use too.
    static func shared(_ detail: String, at place: PostgresError.Place) -> PostgresError {
        PostgresError(
            .connection, code: PostgresError.Code.sharedSession, "A pooler shares the session between clients.",
            detail: detail,
            hint: "Set the pooler to session mode, with its reset query (PgBouncer: pool_mode=session, "
                + "server_reset_query=DISCARD ALL), or connect to Postgres directly.", at: place)
    }
}

extension PostgresConnection {
    /// Sets up a new session as the rest of the library needs it.
    /// - Throws: `.connection` if the session cannot be used. The connection is then closed.
    func setUp(_ setup: SessionSetup, until deadline: Instant, at place: PostgresError.Place) throws(PostgresError) {
        do throws(PostgresError) {
            try link.sendScript(setup.script(owner: id), until: deadline, at: place)
            let result = try collect(until: deadline, at: place)
            guard let row = result.first else { return }
            let refusal = SessionSetup.refusal(
                recovering: try row.bool("recovering"), readOnly: try row.string("read_only") == "on",
                replicationRole: try row.string("replication_role"), mark: try row.stringOrNil("found") ?? "", at: place
            )
            if let refusal { throw refusal }
        } catch {
            close()
            guard error.kind != .connection else { throw error }
            throw PostgresError(
                .connection, code: PostgresError.Code.badSession, "The session cannot be set up.",
                detail: "\(error.code): \(error.message)", hint: error.hint, at: place)
        }
    }
}
