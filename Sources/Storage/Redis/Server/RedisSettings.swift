import RedisClient

/// The settings of a Redis on which the promise of docs/durability.md depends. A value is nil if Redis does not tell
/// it.
public struct RedisSettings: Hashable, Sendable {
    /// `maxmemory-policy`
    public var maxmemoryPolicy: String?
    /// `appendonly`
    public var appendOnly: Bool?
    /// `appendfsync`
    public var appendfsync: String?
    /// `no-appendfsync-on-rewrite`
    public var pausesFsync: Bool?
    /// `aof-load-truncated`
    public var loadsTruncated: Bool?
    /// `min-replicas-to-write`
    public var minReplicas: Int64?

    /// Creates settings that Redis does not tell.
    public init() {}

    /// The settings to request with `CONFIG GET`.
    package static let names = [
        "maxmemory-policy", "appendonly", "appendfsync", "no-appendfsync-on-rewrite", "aof-load-truncated",
        "min-replicas-to-write",
    ]

    /// The sections to request with `INFO`, which managed servers allow more often than `CONFIG`. It tells less.
    package static let sections = ["memory", "persistence"]

    /// Reads the reply to `CONFIG GET`: names and values in turn.
    package init(config reply: RESPValue) {
        let parts = reply.array?.compactMap(\.string) ?? []
        var values: [String: String] = [:]
        for index in stride(from: 0, to: parts.count - 1, by: 2) { values[parts[index]] = parts[index + 1] }
        maxmemoryPolicy = values["maxmemory-policy"]
        appendOnly = values["appendonly"].map { $0 == "yes" }
        appendfsync = values["appendfsync"]
        pausesFsync = values["no-appendfsync-on-rewrite"].map { $0 == "yes" }
        loadsTruncated = values["aof-load-truncated"].map { $0 == "yes" }
        minReplicas = values["min-replicas-to-write"].flatMap { Int64($0) }
    }

    /// Reads the reply to `INFO`: lines of name and value.
    package init(info reply: RESPValue) {
        let info = RedisInfo(reply)
        maxmemoryPolicy = info["maxmemory_policy"]
        appendOnly = info["aof_enabled"].map { $0 == "1" }
    }
}
