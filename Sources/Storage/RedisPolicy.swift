import RedisClient

/// What a Redis must be set to for scores to be safe in it.
public struct RedisPolicy: Hashable, Sendable {
    /// Why scores must not be kept in this Redis; nil when they can be.
    public var refusal: String?
    /// What an operator should know.
    public var warnings: [String]

    /// Judges settings. Pure.
    ///
    /// - Parameters:
    ///   - maxmemoryPolicy: `maxmemory-policy`, nil where Redis does not tell.
    ///   - appendOnly: `appendonly`, nil where Redis does not tell.
    public init(maxmemoryPolicy: String?, appendOnly: String?) {
        warnings = []
        switch maxmemoryPolicy {
        case "noeviction": break
        case nil:
            warnings.append("Redis does not tell its maxmemory-policy; it must be noeviction, or scores can vanish")
        case let policy?:
            refusal =
                "Redis' maxmemory-policy is \(policy): scores could vanish. Set it to noeviction (CONFIG SET maxmemory-policy "
                + "noeviction, and in redis.conf)."
        }
        switch appendOnly {
        case "yes": break
        case nil:
            warnings.append(
                "Redis does not tell whether its append-only file is on; without it a restart loses updates")
        default:
            warnings.append(
                "Redis' append-only file is off: a restart of Redis loses what the persister has not carried over")
        }
    }

    /// Asks a Redis for its settings. Managed ones may refuse `CONFIG`: that is a warning.
    public static func read(from redis: RedisClient) async throws(RedisError) -> RedisPolicy {
        var settings: [String: String] = [:]
        for name in ["maxmemory-policy", "appendonly"] {
            do {
                let pair = try await redis.command("CONFIG", "GET", name).array?.compactMap(\.string) ?? []
                if pair.count == 2 { settings[name] = pair[1] }
            } catch  where error.code == .server {
                continue  // not allowed here
            }
        }
        return RedisPolicy(maxmemoryPolicy: settings["maxmemory-policy"], appendOnly: settings["appendonly"])
    }
}
