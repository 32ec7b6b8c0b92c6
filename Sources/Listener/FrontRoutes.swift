import NIOHTTP1

/// The routes in front of Hummingbird, and the limits of a connection.
public struct FrontRoutes: Sendable {
    /// Routes served on the event loop; the first that accepts a request gets it.
    public var fast: [any FastRoute]
    /// Routes that leave HTTP.
    public var upgrade: [any UpgradeRoute]
    /// The answer to what is not HTTP. The connection closes with it.
    public var malformed: FastResponse
    /// The answer to header fields beyond the limits. The connection closes with it.
    public var headersTooLarge: FastResponse
    /// The answer to a request, not for a fast route, that came too slowly. The connection closes with it.
    public var tooSlow: FastResponse
    /// Further fields of that answer, for the request with this head: what Hummingbird's middleware would have added.
    public var tooSlowFields: @Sendable (HTTPRequestHead) -> [(name: String, value: String)] = { _ in [] }
    /// The limits of a connection.
    public var limits: ListenerLimits

    /// No routes: everything goes to Hummingbird.
    public init(
        fast: [any FastRoute] = [], upgrade: [any UpgradeRoute] = [], malformed: FastResponse = .badRequest,
        headersTooLarge: FastResponse = .headersTooLarge, tooSlow: FastResponse = .requestTimeout,
        limits: ListenerLimits = .init()
    ) {
        self.fast = fast
        self.upgrade = upgrade
        self.malformed = malformed
        self.headersTooLarge = headersTooLarge
        self.tooSlow = tooSlow
        self.limits = limits
    }
}

extension FastResponse {
    /// 400 `bad_request`.
    public static let badRequest = FastResponse(
        status: .badRequest, fields: jsonFields,
        body: ErrorBody(code: "bad_request", message: "The request cannot be understood.").buffer)

    /// 431 `headers_too_large` (RFC 6585, 5).
    public static let headersTooLarge = FastResponse(
        status: .requestHeaderFieldsTooLarge, fields: jsonFields,
        body: ErrorBody(code: "headers_too_large", message: "The header fields are too large.").buffer)

    /// 408 `request_timeout`.
    public static let requestTimeout = FastResponse(
        status: .requestTimeout, fields: jsonFields,
        body: ErrorBody(code: "request_timeout", message: "The request took too long to arrive.").buffer)

    /// `Content-Type` alone, for answers in JSON; shared, so that it costs no allocation.
    public static let jsonFields = [(name: "Content-Type", value: "application/json")]
}
