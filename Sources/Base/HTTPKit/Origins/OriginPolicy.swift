import NIOHTTP1

/// Which web pages may call the API (the CORS protocol of the Fetch standard) and open WebSockets. Browsers do not
/// apply the same-origin policy to WebSockets, so the server has to (RFC 6455, 10.2).
///
/// Tokens travel in the `Authorization` field and never in cookies, so credentials mode is never allowed.
public struct OriginPolicy: Sendable {
    /// In lower case.
    private let origins: Set<String>
    private let allowsAll: Bool

    /// - Parameter allowed: origins as browsers send them, such as `https://game.example` or `capacitor://localhost`;
    ///   `*` for all; empty for the same origin only. The same origin needs no fields, and is always allowed.
    public init(allowed: [String]) {
        allowsAll = allowed.contains("*")
        // A page without an origin of its own says `null`, whoever made it: to name that would mean nobody in
        // particular.
        origins = Set(allowed.map { $0.lowercased() }).subtracting(["null"])
    }

    // MARK: WebSockets

    /// Whether a WebSocket's handshake with this `Origin` and this `Host` may pass: from a page of the same host and
    /// port, such as the node's own, or of an origin that is named. Without an `Origin` it does not come from a page.
    public func allows(origin: String?, host: String?) -> Bool {
        guard let origin = origin?.lowercased() else { return true }
        if allowsAll || origins.contains(origin) { return true }
        guard let host = host?.lowercased(), let separator = origin.firstRange(of: "://") else { return false }
        // The scheme of this request is unknown if a proxy ends TLS, so only host and port are compared.
        let defaultPort = origin[..<separator.lowerBound] == "https" ? ":443" : ":80"
        return Self.withoutPort(defaultPort, origin[separator.upperBound...])
            == Self.withoutPort(defaultPort, host[...])
    }

    private static func withoutPort(_ port: String, _ authority: Substring) -> Substring {
        authority.hasSuffix(port) ? authority.dropLast(port.count) : authority
    }

    // MARK: CORS

    /// Whether no answer ever needs a field.
    public var isSameOriginOnly: Bool { origins.isEmpty }

    /// The fields of an answer to a request from this origin. If answers differ by origin, all of them say so, also
    /// those to requests without an origin: otherwise a cache would hand such an answer to a page, which may not read
    /// it.
    public func fields(for origin: String?) -> [(name: String, value: String)] {
        if origins.isEmpty { return [] }
        if allowsAll { return Self.openFields }
        guard let allowed = allowed(origin) else { return Self.variesByOrigin }
        return [(Self.allowOrigin, allowed), Self.variesByOrigin[0], Self.exposedFields]
    }

    /// The fields of the answer to a preflight request.
    ///
    /// - Parameters:
    ///   - origin: the page's.
    ///   - asked: the values of `Access-Control-Request-Headers`. A page that may call may send the header fields that
    ///     it asks for: tracing and event stream libraries add their own, and none of them has a meaning here that a
    ///     page must be kept from.
    public func preflightFields(for origin: String?, asked: [String]) -> [(name: String, value: String)] {
        let varies = (name: "Vary", value: "Origin, Access-Control-Request-Headers")
        guard let allowed = allowsAll && origin != nil ? "*" : allowed(origin) else { return [varies] }
        return [
            (Self.allowOrigin, allowed), varies,
            ("Access-Control-Allow-Methods", "GET, HEAD, POST, PUT, PATCH, DELETE"),
            ("Access-Control-Allow-Headers", Self.fieldNames(asked)), ("Access-Control-Max-Age", "600"),
        ]
    }

    /// The origin as the browser wrote it, if it is one of those that are named.
    private func allowed(_ origin: String?) -> String? {
        guard let origin = origin.map({ String($0.withoutTrailingSpace) }) else { return nil }
        return origins.contains(origin.lowercased()) ? origin : nil
    }

    /// Bytes and names of `Access-Control-Request-Headers` that are repeated in an answer.
    private static let askedBytesMax = 2048
    private static let askedNamesMax = 64
    /// The fields that a page may send if it asks for none, or asks with something other than a list of field names.
    private static let usualFieldNames = "Authorization, Content-Type, Last-Event-ID"

    private static func fieldNames(_ asked: [String]) -> String {
        guard asked.reduce(0, { $0 + $1.utf8.count }) <= askedBytesMax else { return usualFieldNames }
        let names = asked.flatMap { $0.split(separator: ",").map(\.withoutSpace) }.filter { !$0.isEmpty }
        guard !names.isEmpty, names.count <= askedNamesMax, names.allSatisfy({ $0.utf8.allSatisfy(\.isTokenByte) })
        else { return usualFieldNames }
        return names.joined(separator: ", ")
    }

    private static let allowOrigin = "Access-Control-Allow-Origin"
    private static let variesByOrigin = [(name: "Vary", value: "Origin")]
    private static let exposedFields = (
        name: "Access-Control-Expose-Headers",
        value: "ETag, Idempotent-Replayed, Retry-After, RateLimit, RateLimit-Policy"
    )
    /// The same for all requests, so that a cache may hand them to anybody.
    private static let openFields = [(name: allowOrigin, value: "*"), exposedFields]
}
