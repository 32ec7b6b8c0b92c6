import Access
import NIOHTTP1

/// Where a handshake carries a token. Never in the URL, which ends up in logs and histories.
package enum BearerToken {
    /// What a token is called in the list of subprotocols, for browsers: their scripts cannot set other fields.
    package static let subprotocolPrefix = "bearer."
    /// The longest token that is looked at, in bytes.
    private static let bytesMax = 8192

    /// The token of `Authorization: Bearer …` (RFC 6750, 2.1); nil where there is none. Other schemes are somebody
    /// else's, such as a proxy's.
    package static func ofAuthorization(_ headers: HTTPHeaders) -> [UInt8]? {
        guard var field = headers.first(name: "authorization") else { return nil }
        return field.withUTF8 { BearerField.token(in: $0).map { usable($0) } }
    }

    /// The token of a WebSocket's handshake: of `Authorization`, or else of the subprotocols.
    package static func ofHandshake(_ headers: HTTPHeaders) -> [UInt8]? {
        ofAuthorization(headers) ?? ofSubprotocols(headers)
    }

    private static func ofSubprotocols(_ headers: HTTPHeaders) -> [UInt8]? {
        for list in headers["sec-websocket-protocol"] {
            for name in HandshakeCheck.tokens(list) where name.hasPrefix(subprotocolPrefix) {
                return usable(name.utf8.dropFirst(subprotocolPrefix.utf8.count))
            }
        }
        return nil
    }

    /// One that is too long is one that cannot be right: an empty one.
    private static func usable(_ bytes: some Collection<UInt8>) -> [UInt8] {
        bytes.count <= bytesMax ? Array(bytes) : []
    }
}
