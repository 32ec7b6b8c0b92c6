import Listener
import NIOHTTP1

/// Where a handshake carries a token. Never in the URL, which ends up in logs and histories.
package enum BearerToken {
    /// What a token is called in the list of subprotocols, for browsers: their scripts cannot set other fields.
    package static let subprotocolPrefix = "bearer."
    /// The longest token that is looked at, in bytes.
    private static let bytesMax = 8192

    /// The token of `Authorization: Bearer …` (RFC 6750, 2.1); nil where there is none. Other schemes are somebody else's,
    /// such as a proxy's.
    package static func ofAuthorization(_ headers: HTTPHeaders) -> [UInt8]? {
        guard let field = headers.first(name: "authorization") else { return nil }
        let scheme = "bearer "
        guard field.utf8.count > scheme.utf8.count,
            zip(field.utf8, scheme.utf8).allSatisfy({ $0 | 0x20 == $1 | 0x20 })
        else { return nil }
        // White space behind a field's value is no part of it (RFC 9110, 5.5); the parser leaves it there.
        return usable(field.withoutTrailingSpace.utf8.dropFirst(scheme.utf8.count))
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
