/// Which pages may open a WebSocket. Browsers do not apply the same-origin policy to WebSockets, so the server has to
/// (RFC 6455, 10.2).
package struct OriginPolicy: Sendable {
    private let allowed: Set<String>

    /// - Parameter allowed: origins such as `https://example.com`; `*` for all; empty for the request's own host.
    package init(allowed: [String]) {
        self.allowed = Set(allowed.map { $0.lowercased() })
    }

    /// Whether a request with this `Origin` and this `Host` may pass. Without an `Origin` it does not come from a page.
    package func allows(origin: String?, host: String?) -> Bool {
        guard let origin = origin?.lowercased() else { return true }
        guard allowed.isEmpty else { return allowed.contains("*") || allowed.contains(origin) }
        guard let host = host?.lowercased(), let separator = origin.firstRange(of: "://") else { return false }
        // The scheme of this request is unknown where a proxy ends TLS, so only host and port are compared.
        let defaultPort = origin[..<separator.lowerBound] == "https" ? ":443" : ":80"
        return Self.withoutPort(defaultPort, origin[separator.upperBound...])
            == Self.withoutPort(defaultPort, host[...])
    }

    private static func withoutPort(_ port: String, _ authority: Substring) -> Substring {
        authority.hasSuffix(port) ? authority.dropLast(port.count) : authority
    }
}
