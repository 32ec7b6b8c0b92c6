import WebSocket

/// The codes of this protocol. From 4400 on, they say that it is useless to come back with the same request.
extension CloseCode {
    /// The request is malformed.
    static let malformed = CloseCode(rawValue: 4400)
    /// The board is private, and the token is missing, invalid or expired: come back with another one.
    static let unauthorized = CloseCode(rawValue: 4401)
    /// There is no such board or window.
    static let notFound = CloseCode(rawValue: 4404)
}
