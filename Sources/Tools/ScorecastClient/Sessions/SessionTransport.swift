/// Carries the requests of sessions to a server. ``NIOSessionTransport`` is the one of this library; an app can give
/// another, such as one on `URLSession`.
public protocol SessionTransport: Sendable {
    /// Sends one request and reads the whole answer. It must not follow redirects, must not send a request twice, and
    /// must end within a minute.
    ///
    /// - Parameter request: its parts are checked: no line break is in them.
    /// - Throws: any error if there is no answer. An answer with any status is not an error.
    func send(_ request: SessionRequest) async throws -> SessionResponse
}
