import Listener
import NIOHTTP1

/// The checks of an opening handshake (RFC 6455, 4.2.1), before anything is agreed. Pure.
package struct HandshakeCheck: Sendable {
    /// The one subprotocol that is spoken, for clients that offer one.
    package static let subprotocol = "scorecast.v1"

    let origins: OriginPolicy
    let rooms: RoomResolver

    /// Checks against these origins and boards.
    package init(origins: OriginPolicy, rooms: RoomResolver) {
        self.origins = origins
        self.rooms = rooms
    }

    /// What was agreed: the room to start in, and the fields of the 101 response.
    package struct Agreement {
        /// The room that the client follows from the start; nil where there is no such board. A browser's page is told nothing of an
        /// upgrade that was refused, but sees the close code of one that was not: so that is where it learns it.
        package var room: RoomKey?
        /// The state that the client says it has.
        package var resume: ResumePoint?
        /// The fields of the response.
        package var fields: [(name: String, value: String)]
    }

    /// Checks a request whose path is right.
    package func agree(to head: HTTPRequestHead) throws(Refusal) -> Agreement {
        guard head.method == .GET || head.method == .HEAD else { throw .method }
        let headers = head.headers
        guard head.method == .GET, head.version == .http1_1, Self.hasToken("websocket", in: headers["upgrade"]),
            Self.hasToken("upgrade", in: headers["connection"])
        else { throw .notAnUpgrade }
        guard Self.values("sec-websocket-version", in: headers) == ["13"] else { throw .version }
        let keys = Self.values("sec-websocket-key", in: headers)
        guard keys.count == 1, let key = keys.first, WebSocketKey.isValid(key) else { throw .key }
        let origin = Self.values("origin", in: headers)
        guard origin.count <= 1,
            origins.allows(origin: origin.first, host: Self.values("host", in: headers).first)
        else { throw .origin }
        let request = try RoomRequest(uri: head.uri)
        let room = try room(request)
        var fields = [
            ("Upgrade", "websocket"), ("Connection", "Upgrade"),
            ("Sec-WebSocket-Accept", WebSocketKey.accept(for: key)),
        ]
        if headers["sec-websocket-protocol"].contains(where: { Self.tokens($0).contains { $0 == Self.subprotocol } }) {
            fields.append(("Sec-WebSocket-Protocol", Self.subprotocol))
        }
        return Agreement(room: room, resume: request.resumePoint, fields: fields)
    }

    private func room(_ request: RoomRequest) throws(Refusal) -> RoomKey? {
        do throws(RoomProblem) {
            return try rooms.resolve(request)
        } catch {
            switch error {
            case .invalid(let details): throw .invalid(details)
            case .unknownBoard: return nil
            }
        }
    }

    /// White space behind a field's value is no part of it (RFC 9110, 5.5); the parser leaves it there.
    private static func values(_ name: String, in headers: HTTPHeaders) -> [String] {
        headers[name].map { String($0.withoutTrailingSpace) }
    }

    /// The elements of a list (RFC 9110, 5.6.1).
    static func tokens(_ list: String) -> some Sequence<Substring> {
        list.split(separator: ",").lazy.map(\.withoutSpace)
    }

    private static func hasToken(_ token: String, in lists: [String]) -> Bool {
        lists.contains { tokens($0).contains { $0.lowercased() == token } }
    }
}
