/// The facts that a server states in its reply to `HELLO` (https://redis.io/docs/latest/commands/hello/).
package struct RedisServerFacts {
    package private(set) var version: String?
    package private(set) var mode: String?
    package private(set) var role: String?
    /// The name of the server process, which is new with each start. Only `INFO` has it.
    package private(set) var runID: String?

    package init() {}

    /// - Parameter reply: names and values in turn, as RESP2 has it.
    package init(hello reply: RESPValue) {
        let parts = reply.array ?? []
        for index in stride(from: 0, to: parts.count - 1, by: 2) {
            switch parts[index].string {
            case "version"?: version = parts[index + 1].string
            case "mode"?: mode = parts[index + 1].string
            case "role"?: role = parts[index + 1].string
            default: break
            }
        }
    }

    /// Adds the `run_id` of a reply to `INFO server` (https://redis.io/docs/latest/commands/info/).
    package mutating func add(info reply: RESPValue) {
        let line = reply.string?.split(whereSeparator: \.isNewline).first { $0.hasPrefix("run_id:") }
        runID = line.map { String($0.dropFirst("run_id:".count)) }
    }

    /// 0 if the server does not say.
    var majorVersion: Int { version?.split(separator: ".").first.flatMap { Int($0) } ?? 0 }

    /// Why this server cannot be used; `nil` if it can be, or does not say.
    package func refusal(requiresPrimary: Bool) -> String? {
        switch mode {
        case "sentinel"?: return "this is a Redis Sentinel, which holds no data: give the address of the Redis itself"
        case "cluster"?:
            return "this is a node of a Redis Cluster: give the address of a Redis that runs without cluster mode"
        default: break
        }
        guard requiresPrimary, role == "replica" || role == "slave" else { return nil }
        return "this Redis is a replica, which takes no writes: its primary is wanted"
    }
}
