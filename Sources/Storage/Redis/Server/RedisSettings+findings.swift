extension RedisSettings {
    /// When a node answers updates.
    public enum Answers: Sendable, Hashable {
        /// When Redis has them.
        case applied
        /// When Postgres has them too.
        case persisted
        /// It takes no updates.
        case never
    }

    /// How much a setting matters.
    public enum Severity: Sendable, Hashable {
        /// Scores could vanish without a trace. Nodes do not use such a Redis.
        case refusal
        /// The promise is weaker than an operator expects.
        case warning
        /// The promise has a known limit.
        case note
    }

    /// The meaning of one setting for the promise of docs/durability.md.
    public struct Finding: Sendable, Hashable {
        /// How much it matters.
        public let severity: Severity
        /// What the setting means, and what to type, without a full stop at the end.
        public let text: String
    }

    /// The section of the docs that explains the findings.
    public static let docs = "docs/durability.md#settings-of-redis"

    /// Judges the settings, the worst first. Pure. The table in docs/durability.md has the same rows.
    ///
    /// - Parameter answers: when the node answers updates.
    public func findings(for answers: Answers) -> [Finding] {
        var found: [Finding] = []
        func add(_ severity: Severity, _ text: String) { found.append(Finding(severity: severity, text: text)) }
        switch maxmemoryPolicy {
        case "noeviction": break
        case nil:
            add(.warning, "Redis does not report its maxmemory-policy; it must be noeviction, or scores can vanish")
        case let policy?:
            add(
                .refusal,
                "Redis' maxmemory-policy is \(policy): scores could vanish. Set it to noeviction "
                    + "(CONFIG SET maxmemory-policy noeviction, and in redis.conf)")
        }
        switch appendOnly {
        case true?: addAppendOnly(for: answers, add)
        case nil:
            add(
                .warning,
                "Redis does not report whether its append-only file is on; without it, a restart loses updates")
        case false? where answers == .persisted:
            add(
                .note,
                "Redis' append-only file is off: after each restart, updates wait until all partitions are rebuilt "
                    + "(CONFIG SET appendonly yes, and in redis.conf)")
        case false?:
            add(
                .warning,
                "Redis' append-only file is off: a restart of Redis loses the updates that are not in Postgres yet "
                    + "(CONFIG SET appendonly yes, and in redis.conf)")
        }
        if let minReplicas, minReplicas > 0 {
            add(
                .note,
                "min-replicas-to-write is \(minReplicas): updates get 503 while fewer replicas follow; they do not "
                    + "wait for a replica to have them")
        }
        return found
    }

    /// Judges how an append-only file is written and read.
    private func addAppendOnly(for answers: Answers, _ add: (Severity, String) -> Void) {
        if loadsTruncated == false {
            add(
                .warning,
                "aof-load-truncated is no: after a crash that cut the append-only file, Redis does not start by itself "
                    + "(CONFIG SET aof-load-truncated yes, and in redis.conf)")
        }
        guard answers == .applied else { return }
        switch appendfsync {
        case "everysec":
            add(.note, "appendfsync is everysec: a crash may lose the answered updates of up to two seconds")
        case "no":
            add(
                .note,
                "appendfsync is no: a crash of the machine loses what the system has not written, some 30 seconds of "
                    + "answered updates")
        default: break
        }
        if pausesFsync == true, appendfsync != "no" {
            add(
                .note,
                "no-appendfsync-on-rewrite is yes: while the append-only file is rewritten, appendfsync counts as no")
        }
    }
}
