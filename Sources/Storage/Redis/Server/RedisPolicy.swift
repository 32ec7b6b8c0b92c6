import RedisClient

/// Checks whether Redis is configured so that scores are safe in it.
public struct RedisPolicy: Hashable, Sendable {
    /// Why scores must not be kept in this Redis; nil if they may be.
    public var refusal: String?
    /// Warnings for an operator.
    public var warnings: [String]

    /// Judges settings. Pure.
    ///
    /// - Parameters:
    ///   - maxmemoryPolicy: `maxmemory-policy`; nil if Redis does not return it.
    ///   - appendOnly: `appendonly`; nil if Redis does not return it.
    public init(maxmemoryPolicy: String?, appendOnly: String?) {
        warnings = []
        switch maxmemoryPolicy {
        case "noeviction": break
        case nil:
            warnings.append("Redis does not report its maxmemory-policy; it must be noeviction, or scores can vanish")
        case let policy?:
            refusal =
                "Redis' maxmemory-policy is \(policy): scores could vanish. Set it to noeviction "
                + "(CONFIG SET maxmemory-policy noeviction, and in redis.conf)."
        }
        switch appendOnly {
        case "yes": break
        case nil:
            warnings.append(
                "Redis does not report whether its append-only file is on; without it, a restart loses updates")
        default:
            warnings.append(
                "Redis' append-only file is off: a restart of Redis loses the updates that are not in Postgres yet")
        }
    }

    /// The settings to request with `CONFIG GET`.
    package static let settings = ["maxmemory-policy", "appendonly"]

    /// Judges the reply to `CONFIG GET`: names and values in turn. Managed servers may refuse the command; that is a
    /// warning.
    package init(reply: RESPValue) {
        let parts = reply.array?.compactMap(\.string) ?? []
        var values: [String: String] = [:]
        for index in stride(from: 0, to: parts.count - 1, by: 2) { values[parts[index]] = parts[index + 1] }
        self.init(maxmemoryPolicy: values["maxmemory-policy"], appendOnly: values["appendonly"])
    }
}
