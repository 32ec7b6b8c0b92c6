import Basics

extension RedisConfiguration {
    /// Reads a URL: `redis://[user][:password]@host[:port][/database]`, or `rediss://…` for TLS.
    ///
    /// User and password are percent-encoded; an IPv6 address is in brackets. The port defaults to 6379, the database
    /// to 0.
    /// - Throws: `.invalidURL`. Its message says what is wrong, but repeats no part of the URL: a misplaced `@` or
    ///   `/` makes a piece of the password look like a host or a port.
    public init(url: String, clientName: String = "scorecast") throws(RedisError) {
        guard let separator = url.firstRange(of: "://") else { throw Self.bad("it does not start with redis://") }
        let usesTLS: Bool
        switch url[..<separator.lowerBound].lowercased() {
        case "redis": usesTLS = false
        case "rediss": usesTLS = true
        default: throw Self.bad("its scheme is neither redis nor rediss")
        }
        let rest = url[separator.upperBound...]
        guard !rest.contains("?"), !rest.contains("#") else {
            throw Self.bad("it has a query or fragment, or a ? or # which is not percent-encoded")
        }
        let pathStart = rest.firstIndex(of: "/") ?? rest.endIndex
        let authority = rest[..<pathStart]
        let at = authority.lastIndex(of: "@")
        let address = try Self.address(at.map { authority[authority.index(after: $0)...] } ?? authority)
        let login = try at.map { at throws(RedisError) in try Self.login(authority[..<at]) }

        self.init(
            host: address.host, port: address.port, username: login?.username, password: login?.password,
            database: try Self.database(rest[pathStart...].dropFirst()), usesTLS: usesTLS, clientName: clientName)
    }

    private static func login(_ text: Substring) throws(RedisError) -> (username: String?, password: String?) {
        guard let colon = text.firstIndex(of: ":") else {
            guard text.isEmpty else { throw bad("it has a user name without a password") }
            return (nil, nil)
        }
        guard let username = percentDecoded(text[..<colon]),
            let password = percentDecoded(text[text.index(after: colon)...])
        else { throw bad("its user name or password has a % which is not followed by two hexadecimal digits") }
        guard !password.isEmpty else { throw bad("its password is empty") }
        return (username.isEmpty ? nil : username, password)
    }

    private static func address(_ text: Substring) throws(RedisError) -> (host: String, port: Int) {
        var host = text
        var port: Substring?
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]") else { throw bad("its IPv6 address has no closing bracket") }
            host = text[text.index(after: text.startIndex)..<end]
            let tail = text[text.index(after: end)...]
            guard tail.isEmpty || tail.hasPrefix(":") else { throw bad("something other than a port follows its host") }
            port = tail.isEmpty ? nil : tail.dropFirst()
        } else if let colon = text.lastIndex(of: ":") {
            host = text[..<colon]
            port = text[text.index(after: colon)...]
            guard !host.contains(":") else { throw bad("its IPv6 address has no brackets") }
        }
        guard !host.isEmpty else { throw bad("it names no host") }
        guard host.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "%") }) else {
            throw bad("its host has a space, a % or a character outside ASCII")
        }
        guard let port else { return (String(host), 6379) }
        guard let number = number(port, upTo: 65_535), number > 0 else {
            throw bad("its port is not a number between 1 and 65535")
        }
        return (String(host), number)
    }

    private static func database(_ text: Substring) throws(RedisError) -> Int {
        if text.isEmpty { return 0 }
        guard let number = number(text, upTo: Int(Int32.max)) else {
            throw bad("what follows its host is not the number of a database")
        }
        return number
    }

    /// Digits only: `Int.init` would also take a sign.
    private static func number(_ text: Substring, upTo most: Int) -> Int? {
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(text), number <= most else {
            return nil
        }
        return number
    }

    /// RFC 3986, section 2.1. `nil` if a `%` is not followed by two hexadecimal digits, or the bytes are not UTF-8.
    private static func percentDecoded(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = rest.popFirst().flatMap(Hexadecimal.value),
                let low = rest.popFirst().flatMap(Hexadecimal.value)
            else { return nil }
            bytes.append(high << 4 | low)
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func bad(_ reason: String, line: UInt = #line) -> RedisError {
        RedisError(.invalidURL, "the Redis URL cannot be used: \(reason)", line: line)
    }
}
