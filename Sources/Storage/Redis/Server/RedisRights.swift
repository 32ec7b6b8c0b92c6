import RedisClient

/// The commands that a node's Redis user must be allowed to run. Pure.
///
/// The rights are checked before they are needed, because Redis does not roll back: if a script were refused
/// halfway through an update, there would be an event without its score.
package enum RedisRights {
    /// Returns commands with arguments, in the format that `lua/rights.lua` takes.
    ///
    /// - Parameter writes: whether the node takes updates or carries them to the ledger. A gateway only reads,
    ///   publishes, and turns windows over.
    package static func commands(writes: Bool) -> [String] {
        let scripts = writes ? Scripts.all : Scripts.reading
        let inScripts = Set(scripts.flatMap { calls(in: $0.source) }).sorted().map(line)
        return inScripts + (writes ? direct : reading) + ["PUBLISH & x", "SUBSCRIBE &"]
    }

    /// The commands that gateways send themselves, in addition to scripts.
    private static let reading = ["HMGET * f", "HGET * f"]

    /// The commands that the stores send themselves, in addition to scripts.
    private static let direct =
        reading + [
            "HSET * f v", "HDEL * f", "HSCAN * 0", "MGET *", "SCAN 0", "SET * v", "XREAD STREAMS * 0", "XRANGE * - +",
            "XTRIM * MINID 0", "ZCARD *", "ZRANGEBYSCORE * 0 0", "INFO server", "MEMORY USAGE *",
        ]

    /// Returns the commands that a script calls, found in its source as `call('HGET', …`.
    package static func calls(in source: String) -> Set<String> {
        var names: Set<String> = []
        for match in source.matches(of: /call\('([A-Z]+)'/) { names.insert(String(match.output.1)) }
        return names
    }

    /// Returns a command whose arguments can all be keys. Which of them are keys depends on the command.
    private static func line(_ name: String) -> String {
        switch name {
        case "TIME": name
        case "PUBLISH": "PUBLISH & x"
        default: "\(name) * * * *"
        }
    }

    /// Returns the explanation for an operator whose Redis user lacks commands.
    package static func explanation(lacking commands: [String]) -> String {
        let names = Set(commands.map { $0.lowercased() }).sorted()
        let rights = names.map { "+\($0)" }.joined(separator: " ")
        return
            "the Redis user may not run \(names.joined(separator: ", ")) on the keys and channels of Scorecast, or "
            + "Redis has these commands renamed: ACL SETUSER <user> \(rights). \(patterns)"
    }

    /// Returns the explanation for an operator whose Redis user may not even run the check.
    package static func explanation(refusal: RESPError) -> String {
        "the Redis user lacks rights (\(refusal)). \(patterns)"
    }

    private static let patterns =
        "docs/operations.md has a user with all that is needed, its key and channel patterns included"
}
