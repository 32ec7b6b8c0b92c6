/// The parameters that libpq opens a connection with: those of the URL, and ours.
///
/// Settings of the session are not among them: a pooler accepts few of them at the start of a session (PgBouncer
/// refuses `options`). ``SessionSetup`` makes them afterwards.
struct ConnectionParameters: Sendable, CustomStringConvertible, CustomReflectable {
    /// Keywords and values in libpq's terms (PostgreSQL 34.1.2), sorted by keyword.
    private let pairs: [(keyword: String, value: String)]
    let description: String

    init(_ url: ConnectionURL, _ configuration: PostgresConfiguration) {
        let response = configuration.statementTimeout + configuration.responseGrace
        // The kernel's part in noticing a dead peer: three probes of an idle connection go unanswered, or what was sent
        // is not acknowledged, for longer than our own deadline, which should come first. The URL may say otherwise.
        var options = [
            "application_name": configuration.applicationName,
            "keepalives": "1",
            "keepalives_idle": "15",
            "keepalives_interval": "5",
            "keepalives_count": "3",
            "tcp_user_timeout": String((response * 2).millisecondsRoundedUp),
        ].merging(url.options) { _, fromURL in fromURL }
        options["client_encoding"] = "UTF8"
        if Self.lists(options).contains(where: { $0.value.count > 1 }), options["target_session_attrs"] == nil {
            // Of several servers, chooses the one that accepts writes, within one attempt.
            options["target_session_attrs"] = "read-write"
        }
        pairs = options.sorted { $0.key < $1.key }.map { (keyword: $0.key, value: $0.value) }
        description = url.description
    }

    /// The parameters of an attempt. If the URL names several servers, each attempt begins with another one: they share
    /// one time limit, and a server that does not answer uses all of it.
    ///
    /// - Parameter attempt: how many have failed since the last success.
    func pairs(attempt: Int) -> [(keyword: String, value: String)] {
        let lists = Self.lists(Dictionary(pairs.map { ($0.keyword, $0.value) }, uniquingKeysWith: { $1 }))
        return pairs.map { pair in
            guard let list = lists[pair.keyword], list.count > 1 else { return pair }
            let first = attempt % list.count
            return (pair.keyword, (list[first...] + list[..<first]).joined(separator: ","))
        }
    }

    /// The parameters that are lists with one item for each server.
    private static func lists(_ options: [String: String]) -> [String: [Substring]] {
        options.filter { ["host", "hostaddr", "port"].contains($0.key) }
            .mapValues { $0.split(separator: ",", omittingEmptySubsequences: false) }
    }

    var customMirror: Mirror { Mirror(self, children: []) }
}

extension Duration {
    /// Rounded up, so that a positive duration never becomes 0, which means "no limit" to Postgres and to `poll`.
    var millisecondsRoundedUp: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
    }
}
