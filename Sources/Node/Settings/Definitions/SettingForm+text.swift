import Basics
import RedisClient

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

extension SettingForm where Value == String {
    /// Text without control characters, up to `limit` bytes.
    static func text(limit: Int) -> Self {
        SettingForm(
            parse: { text throws(Rejection) in
                guard text.utf8.count <= limit else { throw Rejection("is longer than \(limit) bytes") }
                guard text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7f }) else {
                    throw Rejection("has control characters")
                }
                return text
            },
            render: { $0 })
    }

    /// A host name or an IP address, without brackets and port.
    static var host: Self {
        SettingForm(
            parse: { text throws(Rejection) in
                let allowed = text.utf8.allSatisfy { isNameByte($0) || [0x2e, 0x3a, 0x25].contains($0) }  // . : %
                guard !text.isEmpty, text.utf8.count <= 253, allowed else {
                    throw Rejection("is not a host name or an IP address")
                }
                return text
            },
            render: { $0 })
    }

    /// An origin as a browser sends it (RFC 6454 section 6.2): scheme, host, port if not the scheme's own, lower case,
    /// nothing after it; or `*`. Pages in app shells and extensions have schemes of their own.
    static var origin: Self {
        SettingForm(
            parse: { text throws(Rejection) in
                if text == "*" { return text }
                let origin = text.lowercased()
                guard origin != "null" else {
                    throw Rejection(
                        "is not an origin: any page can be made to send null, so it would let all of them in")
                }
                guard let end = origin.firstRange(of: "://"), isScheme(origin[..<end.lowerBound]),
                    let authority = urlRest(origin, schemes: [String(origin[..<end.lowerBound])]),
                    isAuthority(authority)
                else {
                    throw Rejection("is not an origin: scheme, host and port, without path or closing slash")
                }
                switch origin[..<end.lowerBound] {
                case "ws", "wss":
                    throw Rejection("is not the origin of a page: that begins with https:// or http://")
                case "file", "ftp", "data", "blob", "about", "javascript":
                    throw Rejection("is not an origin that a browser sends: such pages have none, and send null")
                // Browsers leave the scheme's own port out.
                case "https" where authority.hasSuffix(":443"): return String(origin.dropLast(4))
                case "http" where authority.hasSuffix(":80"): return String(origin.dropLast(3))
                default: return origin
                }
            },
            render: { $0 })
    }
}

extension SettingForm where Value == String? {
    /// What keys in Redis begin with; `off` for nothing.
    static var keyPrefix: Self {
        SettingForm(
            parse: { text throws(Rejection) in
                if text.lowercased() == "off" { return "" }
                guard !text.isEmpty, RedisConfiguration.isKeyPrefix(text) else {
                    throw Rejection("is not off, nor 1 to 64 characters of A-Z a-z 0-9 _ . : -")
                }
                return text
            },
            render: { $0.map { $0.isEmpty ? "off" : $0 } })
    }
}

extension SettingForm where Value == AddressBlock {
    /// A CIDR block or an address.
    static var addressBlock: Self {
        SettingForm(
            parse: { text throws(Rejection) in
                if let block = AddressBlock(text) { return block }
                if let network = AddressBlock.network(of: text) {
                    throw Rejection("is an address in a block, not a block: write \(network)")
                }
                throw Rejection("is not an IP address or a block of them, such as 10.0.0.5 or 10.0.0.0/8")
            },
            render: { $0.description })
    }
}

extension SettingForm where Value == RateLimitSetting? {
    /// `<count>/<period>`, or `off`.
    static var rateLimit: Self {
        SettingForm(
            parse: { text throws(Rejection) in
                if text.lowercased() == "off" { return nil }
                let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { $0.trimmed() }
                guard parts.count == 2, let count = wholeNumber(parts[0]), (1...1_000_000).contains(count),
                    let period = parseDuration(parts[1]), (.seconds(1) ... .seconds(86_400)).contains(period)
                else {
                    throw Rejection("is not off, nor a count from 1 to 1000000 and a period from 1s to 24h")
                }
                return RateLimitSetting(count: count, periodMilliseconds: period.wholeMilliseconds)
            },
            render: { limit in
                limit.map { "\($0.count)/\(renderDuration(.milliseconds($0.periodMilliseconds)))" } ?? "off"
            })
    }
}

extension SettingForm where Value == KeySetLocation {
    /// The path of a file, or an `https` URL without user and password.
    static var keySetLocation: Self {
        SettingForm(
            parse: { text throws(Rejection) in
                guard text.utf8.count <= 4_096 else { throw Rejection("is longer than 4096 bytes") }
                guard text.contains("://") else { return .file(path: text) }
                guard let rest = urlRest(text, schemes: ["https"]), isAuthority(rest.prefix { $0 != "/" && $0 != "?" })
                else {
                    throw Rejection("is neither a path nor an https URL without user and password")
                }
                return .url(text)
            },
            render: { location in
                switch location {
                case .file(let path): path
                case .url(let url): url
                }
            })
    }
}

extension SettingForm where Value == Secret<String>? {
    /// Any text; its length is checked by `NodeConfiguration.validate`.
    static var secretText: Self {
        SettingForm(parse: { text throws(Rejection) in Secret(text) }, render: { $0?.description })
    }

    /// A URL of one of the schemes. What stands after the scheme is judged by `NodeConfiguration.validate`.
    static func secretURL(schemes: [String]) -> Self {
        SettingForm(
            parse: { text throws(Rejection) in
                guard text.utf8.count <= 8_192, urlRest(text, schemes: schemes) != nil else {
                    throw Rejection(
                        "is not a URL that begins with \(schemes.map { $0 + "://" }.joined(separator: " or "))")
                }
                return Secret(text)
            },
            render: { $0?.description })
    }
}

extension SettingForm where Value == [ActionKeySetting] {
    /// `<id>:<base64 key>` (RFC 4648 section 4), separated by commas. Messages count the entries and repeat none of
    /// them: what stands where the id should be may be a key.
    static var actionKeys: Self {
        SettingForm(
            parse: { text throws(Rejection) in
                var keys: [ActionKeySetting] = []
                for (index, entry) in text.split(separator: ",", omittingEmptySubsequences: false).enumerated() {
                    let parts = entry.trimmed().split(separator: ":", omittingEmptySubsequences: false)
                    guard parts.count == 2 else { throw Rejection("has no <id>:<base64 key> as entry \(index + 1)") }
                    guard let key = Data(base64Encoded: String(parts[1])), !key.isEmpty else {
                        throw Rejection("has a key that is not base64 in entry \(index + 1)")
                    }
                    keys.append(ActionKeySetting(id: String(parts[0]), key: Secret(Array(key))))
                }
                return keys
            },
            render: { $0.isEmpty ? nil : redactionMark })
    }
}

/// Whether an action key's id has the form that action ids allow: 1 to 32 characters of `A-Z a-z 0-9 _ -`.
func isActionKeyID(_ id: String) -> Bool {
    (1...32).contains(id.utf8.count) && id.utf8.allSatisfy(isNameByte)
}

private func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x2d, 0x5f: true
    default: false
    }
}

/// Whether the text is a URL's scheme (RFC 3986 section 3.1).
private func isScheme(_ text: Substring) -> Bool {
    guard let first = text.utf8.first, (0x61...0x7a).contains(first) else { return false }
    return text.utf8.allSatisfy {
        (0x61...0x7a).contains($0) || (0x30...0x39).contains($0) || [0x2b, 0x2d, 0x2e].contains($0)
    }
}

/// What stands behind `<scheme>://`, if the scheme is one of those, something does, and all of it is visible ASCII.
private func urlRest(_ text: String, schemes: [String]) -> Substring? {
    guard text.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else { return nil }
    let lowercased = text.lowercased()
    for scheme in schemes where lowercased.hasPrefix(scheme + "://") {
        let rest = text.dropFirst(scheme.count + 3)
        return rest.isEmpty ? nil : rest
    }
    return nil
}

/// Whether the text is `host`, `host:port`, `[IPv6]` or `[IPv6]:port` (RFC 3986 section 3.2, without user information).
private func isAuthority(_ text: Substring) -> Bool {
    var rest = text
    if rest.first == "[" {
        guard let end = rest.firstIndex(of: "]") else { return false }
        guard AddressBlock(String(rest[rest.index(after: rest.startIndex)..<end]))?.address.count == 16 else {
            return false
        }
        rest = rest[rest.index(after: end)...]
    } else {
        let host = rest.prefix { $0 != ":" }
        guard !host.isEmpty, host.utf8.allSatisfy({ isNameByte($0) || $0 == 0x2e }) else { return false }
        rest = rest[host.endIndex...]
    }
    if rest.isEmpty { return true }
    guard rest.first == ":", let port = wholeNumber(String(rest.dropFirst())) else { return false }
    return (1...65_535).contains(port)
}
