import HTTPKit
import NIOHTTP1

/// The server's side of the opening handshake (RFC 6455, 4.2), as far as the protocol decides it. Pure.
package enum OpeningHandshake {
    /// Why a request does not open a WebSocket.
    package enum Fault: Error, Equatable {
        /// The method is neither GET nor HEAD.
        case method
        /// The request does not ask for an upgrade to WebSocket.
        case notAnUpgrade
        /// The version is not 13.
        case version
        /// The key is missing, there are several, or it is malformed.
        case key
    }

    /// Checks a request.
    ///
    /// - Returns: the fields of the 101 response.
    package static func accept(_ head: HTTPRequestHead) throws(Fault) -> [(name: String, value: String)] {
        guard head.method == .GET || head.method == .HEAD else { throw .method }
        let headers = head.headers
        guard head.method == .GET, head.version == .http1_1, hasToken("websocket", in: headers["upgrade"]),
            hasToken("upgrade", in: headers["connection"])
        else { throw .notAnUpgrade }
        guard values("sec-websocket-version", in: headers) == ["13"] else { throw .version }
        let keys = values("sec-websocket-key", in: headers)
        guard keys.count == 1, let key = keys.first, WebSocketKey.isValid(key) else { throw .key }
        return [
            ("Upgrade", "websocket"), ("Connection", "Upgrade"),
            ("Sec-WebSocket-Accept", WebSocketKey.accept(for: key)),
        ]
    }

    private static func values(_ name: String, in headers: HTTPHeaders) -> [String] {
        headers[name].map { String($0.withoutTrailingSpace) }
    }

    private static func hasToken(_ token: StaticString, in lists: [String]) -> Bool {
        lists.contains { list in list.split(separator: ",").contains { $0.withoutSpace.isField(token) } }
    }
}
