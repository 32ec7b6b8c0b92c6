import RedisClient

/// The commands that a node uses, which its Redis user needs the rights to. Pure.
///
/// It is asked for them beforehand, since Redis does not roll back: a script that has written half of an update when
/// the other half is refused would leave an event without its score.
package enum RedisRights {
    /// Commands with arguments as `lua/rights.lua` takes them.
    ///
    /// - Parameter writes: whether the node takes updates or carries them over; a gateway alone only reads and
    ///   publishes.
    package static func commands(writes: Bool) -> [String] {
        let scripts = writes ? Scripts.all : [Scripts.page]
        let inScripts = Set(scripts.flatMap { calls(in: $0.source) }).sorted().map(line)
        return inScripts + (writes ? direct : reading) + ["PUBLISH & x", "SUBSCRIBE &"]
    }

    /// What gateways send themselves, beside scripts.
    private static let reading = ["HMGET * f", "HGET * f"]

    /// What the stores send themselves, beside scripts.
    private static let direct =
        reading + [
            "HSET * f v", "HDEL * f", "MGET *", "SET * v", "XREAD STREAMS * 0", "XRANGE * - +",
            "XTRIM * MINID 0",
        ]

    /// The commands that a script calls, as its source has them: `call('HGET', …`.
    package static func calls(in source: String) -> Set<String> {
        var names: Set<String> = []
        for match in source.matches(of: /call\('([A-Z]+)'/) { names.insert(String(match.output.1)) }
        return names
    }

    /// A command with arguments of which each can be a key, since whether it is one is the command's own business.
    private static func line(_ name: String) -> String {
        switch name {
        case "TIME": name
        case "PUBLISH": "PUBLISH & x"
        default: "\(name) * * * *"
        }
    }

    /// What to tell an operator whose user lacks commands.
    package static func explanation(lacking commands: [String]) -> String {
        let names = Set(commands.map { $0.lowercased() }).sorted()
        let rights = names.map { "+\($0)" }.joined(separator: " ")
        return
            "the Redis user may not run \(names.joined(separator: ", ")) on the keys and channels of Scorecast, or Redis "
            + "has these commands renamed: ACL SETUSER <user> \(rights). \(patterns)"
    }

    /// What to tell an operator whose user may not even ask.
    package static func explanation(refusal: RESPError) -> String {
        "the Redis user lacks rights (\(refusal)). \(patterns)"
    }

    private static let patterns =
        "docs/operations.md has a user with all that is needed, its key and channel patterns included"
}
