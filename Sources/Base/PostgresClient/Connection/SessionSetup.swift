/// What a new session is told and asked before it is used: one round trip. Pure.
///
/// A database and a role can bring settings of their own (`ALTER ROLE … SET`), which must change neither the text forms
/// that this library reads, nor what a commit means, nor how long a session lives.
package struct SessionSetup: Sendable {
    /// Names the session's owner. A session that has such a mark when it is new to us serves somebody else, too.
    private static let mark = "scorecast.session"

    private let settings: [(name: String, value: String)]

    init(_ configuration: PostgresConfiguration) {
        settings = [
            ("statement_timeout", "\(configuration.statementTimeout.wholeMilliseconds)"),
            ("idle_in_transaction_session_timeout", "\(configuration.idleInTransactionTimeout.wholeMilliseconds)"),
            // Waits are bounded by the statement's time; a session may be idle for as long as it likes.
            ("lock_timeout", "0"), ("idle_session_timeout", "0"), ("transaction_timeout", "0"),
            ("DateStyle", "ISO, MDY"), ("IntervalStyle", "postgres"), ("TimeZone", "UTC"), ("bytea_output", "hex"),
            ("extra_float_digits", "1"), ("standard_conforming_strings", "on"), ("array_nulls", "on"),
            ("default_transaction_isolation", "read committed"), ("default_transaction_deferrable", "off"),
            ("row_security", "on"), ("client_min_messages", "notice"),
            // Only in place of `off`, with which a crash of the server loses what it said was committed.
            ("synchronous_commit", "on"),
        ]
    }

    /// The script. Nothing in it comes from outside.
    ///
    /// The timeout goes first, since a shorter one of the role's would hold for what follows. Settings that this
    /// version of the server does not have are passed over, one by one: the view `pg_settings` would be made of all of
    /// them.
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
                        ELSE pg_catalog.current_setting(wanted.name, true) IS NOT NULL END)
            """
    }

    /// Why a session with these answers cannot be used; `nil` where it can be.
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
        if !found.isEmpty {
            return PostgresError(
                .connection, code: PostgresError.Code.badSession, "A pooler shares this session between clients.",
                detail: "A new connection found the marks of another one.",
                hint: "Set the pooler to session mode, with its reset query (PgBouncer: pool_mode=session, "
                    + "server_reset_query=DISCARD ALL), or connect to Postgres directly.", at: place)
        }
        return nil
    }
}

extension PostgresConnection {
    /// Makes a new session what the rest relies on.
    /// - Throws: `.connection`, where it cannot be that. The connection is then closed.
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
