import Basics
import RedisClient

extension SettingForm where Value == String {
    /// Text without control characters, up to `limit` bytes.
    package static func text(limit: Int) -> Self {
        SettingForm(
            parse: { text throws(SettingRejection) in
                guard text.utf8.count <= limit else { throw SettingRejection("is longer than \(limit) bytes") }
                guard text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7f }) else {
                    throw SettingRejection("has control characters")
                }
                return text
            },
            render: { $0 },
            values: "text of at most \(limit) bytes",
            edges: SettingEdges(
                accepted: ["x", String(repeating: "x", count: limit)],
                refused: [String(repeating: "x", count: limit + 1)]))
    }

    /// Text that the owner of the setting checks.
    ///
    /// - Parameters:
    ///   - values: which texts are right, in Markdown.
    ///   - edges: texts that are just right, and just wrong.
    ///   - whyNot: why a text is wrong, as the rest of a sentence that begins with it; nil if it is right.
    package static func text(
        values: String, edges: SettingEdges, whyNot: @escaping @Sendable (String) -> String?
    ) -> Self {
        SettingForm(
            parse: { text throws(SettingRejection) in
                if let reason = whyNot(text) { throw SettingRejection(reason) }
                return text
            },
            render: { $0 },
            values: values,
            edges: edges)
    }

    /// A host name or an IP address, without brackets and port.
    package static var host: Self {
        SettingForm(
            parse: { text throws(SettingRejection) in
                let allowed = text.utf8.allSatisfy { $0.isIDByte || [0x2e, 0x3a, 0x25].contains($0) }  // . : %
                guard !text.isEmpty, text.utf8.count <= 253, allowed else {
                    throw SettingRejection("is not a host name or an IP address")
                }
                return text
            },
            render: { $0 },
            values: "name or address",
            edges: SettingEdges(
                accepted: ["x", String(repeating: "x", count: 253)],
                refused: [String(repeating: "x", count: 254), "a b"]))
    }

    /// An origin as a browser sends it (RFC 6454 section 6.2): scheme, host, port if not the scheme's own, lower case,
    /// nothing after it; or `*`. Pages in app shells and extensions have schemes of their own.
    package static var origin: Self {
        SettingForm(
            parse: { text throws(SettingRejection) in
                if text == "*" { return text }
                let origin = text.lowercased()
                guard origin != "null" else {
                    throw SettingRejection(
                        "is not an origin: any page can be made to send null, so it would let all of them in")
                }
                guard let end = origin.firstRange(of: "://"), isScheme(origin[..<end.lowerBound]),
                    let authority = urlRest(origin, schemes: [String(origin[..<end.lowerBound])]),
                    isAuthority(authority)
                else {
                    throw SettingRejection("is not an origin: scheme, host and port, without path or closing slash")
                }
                switch origin[..<end.lowerBound] {
                case "ws", "wss":
                    throw SettingRejection("is not the origin of a page: that begins with https:// or http://")
                case "file", "ftp", "data", "blob", "about", "javascript":
                    throw SettingRejection("is not an origin that a browser sends: such pages have none, and send null")
                // Browsers leave the scheme's own port out.
                case "https" where authority.hasSuffix(":443"): return String(origin.dropLast(4))
                case "http" where authority.hasSuffix(":80"): return String(origin.dropLast(3))
                default: return origin
                }
            },
            render: { $0 },
            values: "origins, or `*` alone",
            edges: SettingEdges(accepted: ["https://game.example.com"], refused: ["https://game.example.com/", "null"]))
    }
}

extension SettingForm where Value == String? {
    /// The beginning of every key in Redis; `off` for nothing.
    package static var keyPrefix: Self {
        SettingForm(
            parse: { text throws(SettingRejection) in
                if text.lowercased() == "off" { return "" }
                guard !text.isEmpty, RedisConfiguration.isKeyPrefix(text) else {
                    throw SettingRejection("is not off, nor 1 to 64 characters of A-Z a-z 0-9 _ . : -")
                }
                return text
            },
            render: { $0.map { $0.isEmpty ? "off" : $0 } },
            values: "1 to 64 of `A-Z a-z 0-9 _ . : -`, or `off`",
            edges: SettingEdges(
                accepted: ["x", String(repeating: "x", count: 64), "off"],
                refused: [String(repeating: "x", count: 65), "{x}"]))
    }
}

extension SettingForm where Value == String {
    /// The short name of an issuer, for user ids.
    package static var issuerName: Self {
        text(
            values: "1 to 16 of `a-z 0-9 -`, not `key`",
            edges: SettingEdges(
                accepted: ["x", String(repeating: "x", count: 16)],
                refused: [String(repeating: "x", count: 17), "X", "a:b", "key"])
        ) { name in
            let isID = name.utf8.allSatisfy { $0.isIDByte && $0 != UInt8(ascii: "_") } && name == name.lowercased()
            guard (1...16).contains(name.utf8.count), isID else { return "is not 1 to 16 characters of a-z 0-9 -" }
            return name == "key" ? "is reserved: subjects of API keys begin with it" : nil
        }
    }
}

extension SettingForm where Value == AddressBlock {
    /// A CIDR block or an address.
    package static var addressBlock: Self {
        SettingForm(
            parse: { text throws(SettingRejection) in
                if let block = AddressBlock(text) { return block }
                if let network = AddressBlock.network(of: text) {
                    throw SettingRejection("is an address in a block, not a block: write \(network)")
                }
                throw SettingRejection("is not an IP address or a block of them, such as 10.0.0.5 or 10.0.0.0/8")
            },
            render: { $0.description },
            values: "addresses and CIDR blocks",
            edges: SettingEdges(
                accepted: ["0.0.0.0/0", "10.1.2.3/32", "::/0", "fd00::1/128"],
                refused: ["0.0.0.0/33", "::/129", "10.1.2.3/8"]))
    }
}

extension SettingForm where Value == KeySetLocation {
    /// The path of a file, or an `https` URL without user and password.
    package static var keySetLocation: Self {
        SettingForm(
            parse: { text throws(SettingRejection) in
                guard text.utf8.count <= 4_096 else { throw SettingRejection("is longer than 4096 bytes") }
                guard text.contains("://") else { return .file(path: text) }
                guard let rest = urlRest(text, schemes: ["https"]), isAuthority(rest.prefix { $0 != "/" && $0 != "?" })
                else {
                    throw SettingRejection("is neither a path nor an https URL without user and password")
                }
                return .url(text)
            },
            render: { location in
                switch location {
                case .file(let path): path
                case .url(let url): url
                }
            },
            values: "path or `https` URL",
            edges: SettingEdges(
                accepted: ["https://h", "https://h/" + String(repeating: "x", count: 4_086)],
                refused: ["http://h", "https://h/" + String(repeating: "x", count: 4_087)]))
    }
}
