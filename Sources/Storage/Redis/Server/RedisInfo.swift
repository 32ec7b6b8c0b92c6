import RedisClient

/// The reply to `INFO`: lines of name and value.
struct RedisInfo {
    private var values: [Substring: Substring] = [:]

    init(_ reply: RESPValue) {
        for line in (reply.string ?? "").split(whereSeparator: \.isNewline) {
            let parts = line.split(separator: ":", maxSplits: 1)
            if parts.count == 2 { values[parts[0]] = parts[1] }
        }
    }

    subscript(name: String) -> String? { values[Substring(name)].map { String($0) } }
}
