import Access
import HTTPKit
import NIOHTTP1

extension BearerToken {
    /// The prefix of a token in the list of subprotocols. Scripts in browsers cannot set any other field of a
    /// handshake. A token is never in the URL, which ends up in logs and histories.
    package static let subprotocolPrefix = "bearer."

    /// The token or API key of a WebSocket's handshake: of `Authorization` or `X-API-Key`, or else of the subprotocols.
    ///
    /// - Throws: `invalidInput` if it has both fields.
    package static func ofHandshake(_ headers: HTTPHeaders) throws(APIError) -> [UInt8]? {
        try ofFields(headers) ?? ofSubprotocols(headers)
    }

    private static func ofSubprotocols(_ headers: HTTPHeaders) -> [UInt8]? {
        for list in headers["sec-websocket-protocol"] {
            for name in HandshakeCheck.tokens(list) where name.hasPrefix(subprotocolPrefix) {
                return copy(name.utf8.dropFirst(subprotocolPrefix.utf8.count))
            }
        }
        return nil
    }
}
