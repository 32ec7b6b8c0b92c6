import LocalServers

/// Reads Redis independently of Scorecast's code: one connection for each command (RESP2).
struct RedisProbe: Sendable {
    /// A reply.
    enum Reply: Sendable, Equatable {
        case null
        case integer(Int)
        case text(String)
        case error(String)
        case array([Reply])

        /// The strings of an array of strings.
        var texts: [String] {
            guard case .array(let items) = self else { return [] }
            return items.compactMap { if case .text(let text) = $0 { text } else { nil } }
        }
    }

    /// Redis returned an error, or a malformed reply.
    struct Failure: Error {
        var reply: String
    }

    let port: Int

    /// Runs a command.
    func command(_ words: String...) async throws -> Reply { try await command(words) }

    /// Runs a command.
    func command(_ words: [String]) async throws -> Reply {
        let port = port
        return try await Blocking.run {
            let socket = try LoopbackSocket(port: port, timeout: .seconds(10))
            let text = "*\(words.count)\r\n" + words.map { "$\($0.utf8.count)\r\n\($0)\r\n" }.joined()
            try socket.send(Array(text.utf8))
            var reader = Reader(socket: socket)
            let reply = try reader.reply()
            if case .error(let message) = reply { throw Failure(reply: message) }
            return reply
        }
    }

    /// Returns a text that differs if anything in Redis differs, apart from the sign of life of nodes that write.
    func digest() async throws -> String {
        let keys = try await command("KEYS", "*").texts.filter { !$0.hasSuffix("{sc00}:credentials") }.sorted()
        return "\(keys) \(try await command(["DEBUG", "DIGEST-VALUE"] + keys).texts)"
    }

    /// Returns texts that differ if anything in Redis differs, apart from the name of the process that was verified,
    /// and the sign of life of nodes that write.
    func contents() async throws -> [String] {
        let keys = try await command("KEYS", "*").texts.filter { !$0.hasSuffix("{sc00}:credentials") }.sorted()
        let plain = keys.filter { !$0.hasSuffix(":meta") }
        var contents = try await keys + command(["DEBUG", "DIGEST-VALUE"] + plain).texts
        for meta in keys where meta.hasSuffix(":meta") {
            let fields = try await command("HGETALL", meta).texts
            let pairs = stride(from: 0, to: fields.count - 1, by: 2).map { "\(fields[$0]) \(fields[$0 + 1])" }
            contents += pairs.filter { !$0.hasPrefix("run ") }.sorted()
        }
        return contents
    }

    /// Returns the ranking of the board `global`, best first: its sorted set, without the tie keys of 16 digits that
    /// precede the user ids.
    func ranking() async throws -> [Standing] {
        let keys = try await command("KEYS", "*:ranking:global:all:*").texts
        guard let key = keys.first else { return [] }
        guard keys.count == 1 else { throw Failure(reply: "several rankings of the board: \(keys)") }
        let flat = try await command("ZREVRANGE", key, "0", "-1", "WITHSCORES").texts
        return stride(from: 0, to: flat.count - 1, by: 2).map { index in
            Standing(user: String(flat[index].dropFirst(16)), score: Int64(flat[index + 1]) ?? .min)
        }
    }

    private struct Reader {
        let socket: LoopbackSocket
        var unread: ArraySlice<UInt8> = []

        mutating func reply() throws -> Reply {
            let line = try self.line()
            let rest = String(line.dropFirst())
            switch line.first {
            case "+": return .text(rest)
            case "-": return .error(rest)
            case ":": return .integer(Int(rest) ?? 0)
            case "$":
                guard let length = Int(rest), length >= 0 else { return .null }
                let bytes = try take(length + 2)
                return .text(String(decoding: bytes.dropLast(2), as: UTF8.self))
            case "*":
                guard let count = Int(rest), count >= 0 else { return .null }
                var items: [Reply] = []
                for _ in 0..<count { items.append(try reply()) }
                return .array(items)
            default: throw Failure(reply: line)
            }
        }

        private mutating func line() throws -> String {
            while true {
                if let end = unread.firstIndex(of: 10) {
                    defer { unread = unread[(end + 1)...] }
                    return String(decoding: unread[..<end].dropLast(), as: UTF8.self)
                }
                try more()
            }
        }

        private mutating func take(_ count: Int) throws -> ArraySlice<UInt8> {
            while unread.count < count { try more() }
            defer { unread = unread.dropFirst(count) }
            return unread.prefix(count)
        }

        private mutating func more() throws {
            guard let bytes = try socket.receive() else { throw Failure(reply: "the stream ended") }
            unread = (Array(unread) + bytes)[...]
        }
    }
}

/// One entry of a ranking, wherever it was read.
struct Standing: Hashable, Sendable, CustomStringConvertible {
    var user: String
    var score: Int64

    var description: String { "\(user)=\(score)" }
}
