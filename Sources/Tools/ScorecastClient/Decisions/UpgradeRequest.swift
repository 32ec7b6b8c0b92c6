import NIOCore
import NIOHTTP1
import NIOWebSocket
import StrictJSON

/// One opening handshake (RFC 6455, 4): the request, and the check of the answer.
package struct UpgradeRequest {
    /// The subprotocol that is offered.
    package static let subprotocol = "scorecast.v1"

    private let upgrader: NIOWebSocketClientUpgrader
    private let address: ServerAddress
    private let target: String
    private let token: String?

    /// A handshake with a new random key.
    ///
    /// - Parameters:
    ///   - address: the server's.
    ///   - configuration: the board to follow.
    ///   - resumePoint: the state to resume from, `<epoch>:<version>`.
    ///   - token: a well-formed token.
    package init(
        _ address: ServerAddress, _ configuration: ScoreboardConfiguration, resumePoint: String?, token: String?
    ) {
        // Used only to compute keys; other code changes the pipeline.
        upgrader = NIOWebSocketClientUpgrader { channel, _ in channel.eventLoop.makeSucceededVoidFuture() }
        self.address = address
        self.token = token
        var parameters = [
            ("board", configuration.board), ("window", configuration.window), ("limit", String(configuration.limit)),
            ("mode", configuration.mode.rawValue),
        ]
        if let resumePoint { parameters.append(("resume", resumePoint)) }
        if configuration.notifications { parameters.append(("notifications", "true")) }
        let query = parameters.map { "\($0.0)=\(Self.encoded($0.1))" }.joined(separator: "&")
        target = "\(address.path)?\(query)"
    }

    /// The message that asks for the user's own place on the board of the address.
    package static func joinWithPlace(_ configuration: ScoreboardConfiguration, resumePoint: String?) -> String {
        var json = JSONWriter(to: [UInt8]())
        json.beginObject()
        json.member("type", "join-room")
        json.member("board", configuration.board)
        json.member("window", configuration.window)
        json.member("limit", configuration.limit)
        json.member("mode", configuration.mode.rawValue)
        json.member("me", true)
        if let resumePoint { json.member("resume", resumePoint) }
        json.endObject()
        return String(decoding: json.sink, as: UTF8.self)
    }

    /// The request.
    package var head: HTTPRequestHead {
        var headers = HTTPHeaders([("Host", address.hostField), ("Connection", "Upgrade"), ("Upgrade", "websocket")])
        upgrader.addCustom(upgradeRequestHeaders: &headers)
        headers.add(name: "Sec-WebSocket-Protocol", value: Self.subprotocol)
        if let token { headers.add(name: "Authorization", value: "Bearer \(token)") }
        return HTTPRequestHead(version: .http1_1, method: .GET, uri: target, headers: headers)
    }

    /// The request as it is sent (RFC 9112, 3 and 5). No part of it can hold a line break: the address and the token
    /// are checked, the target is encoded.
    package var bytes: ByteBuffer {
        let head = head
        var bytes = ByteBuffer(string: "\(head.method.rawValue) \(head.uri) HTTP/1.1\r\n")
        for field in head.headers { bytes.writeString("\(field.name): \(field.value)\r\n") }
        bytes.writeString("\r\n")
        return bytes
    }

    /// The fault of an answer with status 101; nil if it has none.
    package func problem(in head: HTTPResponseHead) -> String? {
        let headers = head.headers
        guard headers[canonicalForm: "Upgrade"].map({ $0.lowercased() }) == ["websocket"] else {
            return "the answer does not upgrade to websocket"
        }
        guard headers[canonicalForm: "Connection"].contains(where: { $0.lowercased() == "upgrade" }) else {
            return "the answer does not upgrade the connection"
        }
        guard upgrader.shouldAllowUpgrade(upgradeResponse: head) else { return "Sec-WebSocket-Accept is not right" }
        guard !headers.contains(name: "Sec-WebSocket-Extensions") else { return "an extension was not asked for" }
        guard headers["Sec-WebSocket-Protocol"].allSatisfy({ $0 == Self.subprotocol }) else {
            return "a subprotocol was not asked for"
        }
        return nil
    }

    /// The content of an answer with another status, without its body.
    package static func refusal(_ head: HTTPResponseHead) -> HandshakeRefusal {
        // A date would need clocks that agree. Our own wait is good enough instead.
        let seconds = head.headers.first(name: "Retry-After").flatMap { UInt32($0) }
        return HandshakeRefusal(status: Int(head.status.code), retryAfter: seconds.map { .seconds(Int64($0)) })
    }

    /// Percent-encodes all characters except the unreserved ones (RFC 3986, 2.3).
    private static func encoded(_ text: String) -> String {
        var encoded = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"), UInt8(ascii: ":"):
                encoded.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                encoded += byte < 16 ? "%0" : "%"
                encoded += String(byte, radix: 16, uppercase: true)
            }
        }
        return encoded
    }
}
