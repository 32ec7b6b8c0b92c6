import HTTPKit
import Listener
import NIOHTTP1
import WebSocket

/// The checks of an opening handshake (RFC 6455, 4.2.1), before anything is agreed. Pure.
package struct HandshakeCheck: Sendable {
    /// The one subprotocol that is spoken, for clients that offer one.
    package static let subprotocol = "scorecast.v1"

    let origins: OriginPolicy

    /// Checks against these origins.
    package init(origins: OriginPolicy) {
        self.origins = origins
    }

    /// Checks a request whose path is right.
    ///
    /// - Returns: the fields of the 101 response.
    package func agree(to head: HTTPRequestHead) throws(Refusal) -> [(name: String, value: String)] {
        var fields: [(name: String, value: String)]
        do throws(OpeningHandshake.Fault) {
            fields = try OpeningHandshake.accept(head)
        } catch {
            throw Refusal(error)
        }
        let headers = head.headers
        let origin = Self.values("origin", in: headers)
        guard origin.count <= 1,
            origins.allows(origin: origin.first, host: Self.values("host", in: headers).first)
        else { throw .origin }
        if headers["sec-websocket-protocol"].contains(where: { Self.tokens($0).contains { $0 == Self.subprotocol } }) {
            fields.append(("Sec-WebSocket-Protocol", Self.subprotocol))
        }
        return fields
    }

    /// White space after a field's value is not a part of it (RFC 9110, 5.5); the parser leaves it there.
    private static func values(_ name: String, in headers: HTTPHeaders) -> [String] {
        headers[name].map { String($0.withoutTrailingSpace) }
    }

    /// The elements of a list (RFC 9110, 5.6.1).
    static func tokens(_ list: String) -> some Sequence<Substring> {
        list.split(separator: ",").lazy.map(\.withoutSpace)
    }
}
