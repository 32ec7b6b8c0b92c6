import Access
import NIOHTTP1

extension BearerToken {
    /// The prefix of a token in the list of subprotocols. Scripts in browsers cannot set any other field of a
    /// handshake. A token is never in the URL, which ends up in logs and histories.
    package static let subprotocolPrefix = "bearer."

    /// The token of a WebSocket's handshake: of `Authorization`, or else of the subprotocols.
    package static func ofHandshake(_ headers: HTTPHeaders) -> [UInt8]? {
        ofAuthorization(headers) ?? ofSubprotocols(headers)
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
