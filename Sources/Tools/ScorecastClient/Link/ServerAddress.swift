/// The address of a scoreboard: the parts of its URL (RFC 3986) that a connection needs.
package struct ServerAddress: Sendable, Equatable {
    /// The path of a URL without one.
    static let scoreboardPath = "/ws/scoreboard"

    /// Whether the connection is encrypted.
    package let usesTLS: Bool
    /// A name or an address; an IPv6 address has no brackets here.
    package let host: String
    /// The port, 1 to 65535.
    package let port: Int
    /// The path, beginning with a slash.
    package let path: String

    /// Reads a URL.
    ///
    /// - Returns: nil for other schemes, for user information, a query or a fragment, and for characters that are not
    ///   printable ASCII.
    package init?(_ url: String) {
        guard url.utf8.count <= 2048, url.utf8.allSatisfy({ (0x21...0x7E).contains($0) }),
            !url.contains(where: { "@?#\\\"<>".contains($0) }), let colon = url.firstRange(of: "://")
        else {
            return nil
        }
        switch url[..<colon.lowerBound].lowercased() {
        case "ws", "http": usesTLS = false
        case "wss", "https": usesTLS = true
        default: return nil
        }
        let rest = url[colon.upperBound...]
        let authority = rest.prefix { $0 != "/" }
        let path = String(rest[authority.endIndex...])
        self.path = path.isEmpty || path == "/" ? Self.scoreboardPath : path
        guard let (host, port) = Self.split(authority) else { return nil }
        self.host = host
        guard let port else {
            self.port = usesTLS ? 443 : 80
            return
        }
        guard !port.isEmpty, port.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = UInt16(port), number > 0
        else {
            return nil
        }
        self.port = Int(number)
    }

    private static func split(_ authority: Substring) -> (host: String, port: Substring?)? {
        if authority.first == "[" {
            guard let end = authority.firstIndex(of: "]") else { return nil }
            let host = authority[authority.index(after: authority.startIndex)..<end]
            let rest = authority[authority.index(after: end)...]
            let isAddress = host.contains(":") && host.allSatisfy { $0.isHexDigit || $0 == ":" || $0 == "." }
            guard isAddress, rest.isEmpty || rest.first == ":" else { return nil }
            return (String(host), rest.isEmpty ? nil : rest.dropFirst())
        }
        let parts = authority.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard let host = parts.first, !host.isEmpty, !host.contains("["), !host.contains("]") else { return nil }
        return (String(host), parts.count == 2 ? parts[1] : nil)
    }

    /// The value of the `Host` field: with the port unless it is the scheme's own.
    package var hostField: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return port == (usesTLS ? 443 : 80) ? name : "\(name):\(port)"
    }
}
