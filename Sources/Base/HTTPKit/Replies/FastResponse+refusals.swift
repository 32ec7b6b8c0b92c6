import NIOHTTP1

/// What the listener answers by itself. The connection closes with each of these but the last.
extension FastResponse {
    /// 400 `bad_request`: not HTTP.
    public static let badRequest = refusal(.badRequest, "bad_request", "The request cannot be understood.")

    /// 431 `headers_too_large` (RFC 6585, 5).
    public static let headersTooLarge = refusal(
        .requestHeaderFieldsTooLarge, "headers_too_large", "The header fields are too large.")

    /// 414 `uri_too_long` (RFC 9112, 3).
    public static let targetTooLong = refusal(.uriTooLong, "uri_too_long", "The request's target is too long.")

    /// 408 `request_timeout`.
    public static let requestTimeout = refusal(
        .requestTimeout, "request_timeout", "The request took too long to arrive.")

    /// 417 `expectation_failed` (RFC 9110, 10.1.1).
    public static let expectationFailed = refusal(
        .expectationFailed, "expectation_failed", "The only expectation that can be met is 100-continue.")

    /// 501 `not_implemented`, to CONNECT (RFC 9110, 9.1).
    public static let notImplemented = refusal(.notImplemented, "not_implemented", "There is no such method here.")

    /// 204, to `OPTIONS *` (RFC 9110, 9.3.7).
    package static let serverOptions = FastResponse(
        status: .noContent, fields: [(name: "Allow", value: "GET, HEAD, POST, PUT, DELETE, OPTIONS")])

    private static func refusal(_ status: HTTPResponseStatus, _ code: String, _ message: String) -> FastResponse {
        FastResponse(status: status, fields: jsonFields, body: ErrorBody(code: code, message: message).buffer)
    }

    /// `Content-Type` alone, for answers in JSON; shared, so that it costs no allocation.
    public static let jsonFields = [(name: "Content-Type", value: "application/json")]
}
