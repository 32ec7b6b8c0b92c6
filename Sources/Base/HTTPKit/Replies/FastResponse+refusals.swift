import NIOHTTP1

/// The answers of the listener itself, made once. The connection closes with each of them but the last.
extension FastResponse {
    /// Not HTTP.
    public static let badRequest = FastResponse(refusing: .badRequest)

    /// RFC 6585, 5.
    public static let headersTooLarge = FastResponse(refusing: .headersTooLarge)

    /// RFC 9112, 3.
    public static let targetTooLong = FastResponse(refusing: .targetTooLong)

    /// The request did not come in time.
    public static let requestTimeout = FastResponse(refusing: .requestTimeout)

    /// RFC 9110, 10.1.1.
    public static let expectationFailed = FastResponse(refusing: .expectationFailed)

    /// To CONNECT (RFC 9110, 9.1).
    public static let notImplemented = FastResponse(refusing: .notImplemented)

    /// To `OPTIONS *` (RFC 9110, 9.3.7).
    package static let serverOptions = FastResponse(
        status: .noContent, fields: [(name: "Allow", value: "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS")])

    /// `Content-Type` alone, for answers in JSON. Shared, so that it costs no allocation.
    public static let jsonFields = [SharedFields.json]

    /// An answer that says no more than its code. ``FrontRoutes`` adds the fields that all answers share.
    package init(refusing code: ErrorCode) {
        self.init(
            status: code.status, fields: Self.jsonFields, body: APIError(code).body(), closes: code.endsConnection)
    }
}
