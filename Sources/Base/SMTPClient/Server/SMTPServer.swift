import Basics
import Foundation

/// A server that takes mail, as its URL names it:
/// `smtp://user:password@host:port?tls=on|off&ca=/path` or `smtps://…`.
///
/// - `smtps` begins with TLS (RFC 8314, 3.3), by default on port 465.
/// - `smtp` demands STARTTLS (RFC 3207), by default on port 587. Towards this machine (`localhost`, `127.0.0.0/8`,
///   `::1`) it does not, unless the URL says `tls=on`; towards others `tls=off` leaves it out, but then there can be no
///   password.
/// - Certificates are always checked: with those that the system trusts, or with those in the file `ca`.
///
/// User and password are percent-encoded, and so is the path.
package struct SMTPServer: Sendable {
    /// How the connection is protected.
    package enum Security: Sendable, Equatable {
        /// TLS from the first byte.
        case tls
        /// TLS by STARTTLS, or no mail at all.
        case startTLS
        /// Nothing.
        case none
    }

    /// What is wrong with a URL, as the rest of a sentence. It repeats no part of the URL.
    package struct Problem: Error, Hashable, Sendable {
        package let reason: String

        init(_ reason: String) { self.reason = reason }
    }

    /// The name or the address, an IPv6 address in brackets.
    package let host: String
    package let port: Int
    package let security: Security
    /// The file with the certificates to trust in place of the system's; nil: the system's.
    package let authorities: String?
    let login: Login?

    /// User and password.
    struct Login: Sendable, CustomReflectable, CustomStringConvertible {
        let user: String
        let password: String

        var description: String { "<redacted>" }
        var customMirror: Mirror { Mirror(self, children: []) }
    }

    /// Reads a URL.
    package init(url: String) throws(Problem) {
        guard url.utf8.allSatisfy({ (0x21...0x7e).contains($0) }), let colon = url.range(of: "://") else {
            throw Problem("is not a URL that begins with smtp:// or smtps://")
        }
        let isImplicit: Bool
        switch url[..<colon.lowerBound].lowercased() {
        case "smtp": isImplicit = false
        case "smtps": isImplicit = true
        default: throw Problem("is not a URL that begins with smtp:// or smtps://")
        }
        guard !url.contains("#") else { throw Problem("holds a # that is not percent-encoded") }
        let parts = url[colon.upperBound...].split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        var authority = parts[0]
        if authority.last == "/" { authority = authority.dropLast() }
        var login: Login?
        if let at = authority.lastIndex(of: "@") {
            login = try Self.login(authority[..<at])
            authority = authority[authority.index(after: at)...]
        }
        let (host, port) = try Self.hostAndPort(authority)
        let query = try Self.query(parts.count > 1 ? parts[1] : "")
        let isLocal = Self.isThisMachine(host)
        if isImplicit && query.tls != nil { throw Problem("has tls, which only smtp:// can have: smtps:// is TLS") }
        let usesTLS = isImplicit || (query.tls ?? !isLocal)
        if login != nil && !usesTLS && !isLocal { throw Problem("would send the password without TLS") }
        self.host = host
        self.port = port ?? (isImplicit ? 465 : 587)
        security = isImplicit ? .tls : usesTLS ? .startTLS : .none
        authorities = query.authorities
        self.login = login
    }

    private static func login(_ text: Substring) throws(Problem) -> Login {
        guard let colon = text.firstIndex(of: ":"), let user = decoded(text[..<colon]), !user.isEmpty,
            let password = decoded(text[text.index(after: colon)...])
        else { throw Problem("has a user and a password that are not user:password, percent-encoded") }
        return Login(user: user, password: password)
    }

    /// The text without its escapes; nil if they are not UTF-8, or stand for control characters.
    private static func decoded(_ text: Substring) -> String? {
        guard !text.contains("/"), !text.contains("@"), let plain = text.removingPercentEncoding,
            plain.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7f })
        else { return nil }
        return plain
    }

    private static func hostAndPort(_ text: Substring) throws(Problem) -> (String, Int?) {
        let wrong = Problem("has no host, or something after host:port that is not ?tls= or &ca=")
        var host = text
        var rest = Substring()
        if text.first == "[" {
            guard let end = text.firstIndex(of: "]") else { throw wrong }
            host = text[...end]
            rest = text[text.index(after: end)...]
            let address = host.dropFirst().dropLast()
            var binary = in6_addr()
            guard inet_pton(AF_INET6, String(address), &binary) == 1 else { throw wrong }
        } else {
            host = text.prefix { $0 != ":" }
            rest = text[host.endIndex...]
            guard !host.isEmpty, host.utf8.count <= 253, host.utf8.allSatisfy({ $0.isIDByte || $0 == 0x2e }),
                host.first != "-"
            else { throw wrong }
        }
        if rest.isEmpty { return (String(host), nil) }
        guard rest.first == ":", rest.utf8.count <= 6, rest.dropFirst().utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let port = Int(rest.dropFirst()), (1...65_535).contains(port)
        else { throw wrong }
        return (String(host), port)
    }

    private static func query(_ text: Substring) throws(Problem) -> (tls: Bool?, authorities: String?) {
        var tls: Bool?
        var authorities: String?
        for part in text.split(separator: "&", omittingEmptySubsequences: true) {
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            switch (pair[0], pair.count > 1 ? pair[1] : "") {
            case ("tls", "on") where tls == nil: tls = true
            case ("tls", "off") where tls == nil: tls = false
            case ("ca", let path) where authorities == nil:
                guard let plain = path.removingPercentEncoding, plain.first == "/", !plain.utf8.contains(0) else {
                    throw Problem("has ca= without the whole path of a file")
                }
                authorities = plain
            default: throw Problem("has something in its query that is not tls=on, tls=off or ca=/path")
            }
        }
        return (tls, authorities)
    }

    /// Whether the host can only be this machine.
    private static func isThisMachine(_ host: String) -> Bool {
        let name = host.lowercased()
        if name == "localhost" || name == "[::1]" { return true }
        var address = in_addr()
        return name.hasPrefix("127.") && inet_pton(AF_INET, name, &address) == 1
    }
}
