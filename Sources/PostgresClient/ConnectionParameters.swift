/// What libpq is given to open a connection: the URL's own settings, and ours.
struct ConnectionParameters: Sendable, CustomStringConvertible, CustomReflectable {
    /// Keywords and values in libpq's terms (PostgreSQL 34.1.2).
    let pairs: [(keyword: String, value: String)]
    let description: String

    init(_ url: ConnectionURL, _ configuration: PostgresConfiguration) {
        let response = configuration.statementTimeout + configuration.responseGrace
        // The kernel's part in noticing a dead peer: three probes of an idle connection go unanswered, or what was sent is
        // not acknowledged, for longer than our own deadline, which shall come first. The URL may say otherwise.
        var options = [
            "application_name": configuration.applicationName,
            "keepalives": "1",
            "keepalives_idle": "15",
            "keepalives_interval": "5",
            "keepalives_count": "3",
            "tcp_user_timeout": String((response * 2).wholeMilliseconds),
        ].merging(url.options) { _, fromURL in fromURL }
        // Ours come last and win over the URL's, since the client's own bound relies on them.
        let settings = [
            "-c statement_timeout=\(configuration.statementTimeout.wholeMilliseconds)",
            "-c idle_in_transaction_session_timeout=\(configuration.idleInTransactionTimeout.wholeMilliseconds)",
        ]
        options["options"] = ([options["options"]].compactMap { $0 } + settings).joined(separator: " ")
        options["client_encoding"] = "UTF8"
        pairs = options.sorted { $0.key < $1.key }.map { (keyword: $0.key, value: $0.value) }
        description = url.description
    }

    var customMirror: Mirror { Mirror(self, children: []) }
}

extension Duration {
    /// Rounded up, so that a positive duration never becomes 0, which means "no limit" to Postgres and to `poll`.
    var wholeMilliseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
    }
}
