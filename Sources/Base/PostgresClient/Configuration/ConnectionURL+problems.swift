extension ConnectionURL {
    /// Problems that libpq would report only when it connects, one sentence each: ports, numbers, and values of a fixed
    /// list (PostgreSQL 34.1.2). No sentence repeats a value, which may be a piece of a password in the wrong place.
    var problems: [String] {
        var found: [String] = []
        for (keyword, allowed) in Self.choices {
            guard let value = options[keyword], !value.isEmpty, !allowed.contains(value) else { continue }
            found.append("\(keyword) is none of \(allowed.joined(separator: ", "))")
        }
        for keyword in Self.numbers {
            guard let value = options[keyword], !value.isEmpty, Int32(value.withoutPadding) == nil else { continue }
            found.append("\(keyword) is not a whole number")
        }
        found += hostProblems
        return found.map { "The Postgres URL cannot be used: \($0)." }
    }

    /// Hosts, addresses and ports are lists with commas, with one port for all or one for each host.
    private var hostProblems: [String] {
        var found: [String] = []
        let hosts = items("host")
        let addresses = items("hostaddr")
        let ports = items("port")
        if let hosts, let addresses, hosts.count != addresses.count {
            found.append("it has \(hosts.count) hosts and \(addresses.count) addresses (hostaddr)")
        }
        if let ports {
            // An empty one is the default port.
            let isPort = { (text: Substring) in text.isEmpty || (Int(text).map { (1...65_535).contains($0) } ?? false) }
            if !ports.allSatisfy(isPort) { found.append("its port is not a number from 1 to 65535") }
            let places = max(hosts?.count ?? 1, addresses?.count ?? 1)
            if ports.count != 1 && ports.count != places {
                found.append("it has \(ports.count) ports for \(places) hosts")
            }
        }
        return found
    }

    private func items(_ keyword: String) -> [Substring]? {
        guard let value = options[keyword], !value.isEmpty else { return nil }
        return value.split(separator: ",", omittingEmptySubsequences: false)
    }

    private static let choices: [(keyword: String, allowed: [String])] = [
        ("channel_binding", ["disable", "prefer", "require"]),
        ("gssencmode", ["disable", "prefer", "require"]),
        ("load_balance_hosts", ["disable", "random"]),
        ("sslmode", ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"]),
        ("ssl_max_protocol_version", ["TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"]),
        ("ssl_min_protocol_version", ["TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"]),
        ("sslsni", ["0", "1"]),
        ("target_session_attrs", ["any", "read-write", "read-only", "primary", "standby", "prefer-standby"]),
    ]

    private static let numbers = [
        "connect_timeout", "keepalives", "keepalives_count", "keepalives_idle", "keepalives_interval",
        "tcp_user_timeout",
    ]
}
