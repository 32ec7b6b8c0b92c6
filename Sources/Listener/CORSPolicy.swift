import NIOHTTP1

/// Which web pages of other origins may call the API (the CORS protocol of the Fetch standard).
///
/// Tokens travel in the `Authorization` field and never in cookies, so credentials mode is never allowed.
public struct CORSPolicy: Sendable {
    private let origins: Set<String>
    private let allowsAll: Bool

    /// - Parameter allowedOrigins: origins as browsers send them, such as `https://game.example`; `*` allows all; none allows the
    ///   same origin only, which needs no fields.
    public init(allowedOrigins: [String]) {
        allowsAll = allowedOrigins.contains("*")
        origins = Set(allowedOrigins.map { $0.lowercased() })
    }

    /// Whether no answer ever needs a field.
    public var isSameOriginOnly: Bool { origins.isEmpty }

    /// The fields of an answer to a request from this origin; none where the origin is not allowed, or not named.
    public func fields(for origin: String?) -> [(name: String, value: String)] {
        guard let allowed = allowed(origin) else { return [] }
        return [
            ("Access-Control-Allow-Origin", allowed), ("Vary", "Origin"),
            ("Access-Control-Expose-Headers", "Retry-After, RateLimit, RateLimit-Policy"),
        ]
    }

    /// The fields of the answer to a preflight request.
    public func preflightFields(for origin: String?) -> [(name: String, value: String)] {
        guard let allowed = allowed(origin) else { return [("Vary", "Origin")] }
        return [
            ("Access-Control-Allow-Origin", allowed), ("Vary", "Origin"),
            ("Access-Control-Allow-Methods", "GET, POST, PUT, DELETE"),
            ("Access-Control-Allow-Headers", "Authorization, Content-Type, Last-Event-ID"),
            ("Access-Control-Max-Age", "600"),
        ]
    }

    private func allowed(_ origin: String?) -> String? {
        guard let origin = origin.map({ String($0.withoutTrailingSpace) }) else { return nil }
        if allowsAll { return "*" }
        return origins.contains(origin.lowercased()) ? origin : nil
    }
}
