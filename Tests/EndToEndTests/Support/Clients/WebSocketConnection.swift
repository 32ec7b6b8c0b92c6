import Foundation
import LocalServers
import TestSupport

/// The client's side of one WebSocket (RFC 6455), blocking.
struct WebSocketConnection: Sendable {
    enum Incoming: Sendable {
        case text(String)
        case ping([UInt8])
        case close(Int)
    }

    enum Failure: Error {
        /// The answer was not 101.
        case refused(status: Int, body: String)
        /// The server has closed the connection.
        case ended
        /// A frame that a server must not send.
        case frame(firstByte: UInt8)
    }

    private let socket: LoopbackSocket
    private var unread: [UInt8] = []

    /// Connects and upgrades.
    ///
    /// - Parameters:
    ///   - token: sent as pages do, in the list of subprotocols.
    ///   - patience: how long `next` waits.
    init(port: Int, _ target: String, token: String? = nil, patience: Duration) throws {
        socket = try LoopbackSocket(port: port, timeout: patience)
        let head = """
            GET \(target) HTTP/1.1\r
            Host: 127.0.0.1:\(port)\r
            Upgrade: websocket\r
            Connection: Upgrade\r
            Sec-WebSocket-Version: 13\r
            Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r

            """
        let offer = token.map { "Sec-WebSocket-Protocol: scorecast.v1, bearer.\($0)\r\n" } ?? ""
        try socket.send(Array((head + offer + "\r\n").utf8))
        let deadline = ContinuousClock.now + .seconds(15)
        let end: [UInt8] = [13, 10, 13, 10]
        var start = 0
        while ContinuousClock.now < deadline {
            try receive()
            if let index = (start...max(start, unread.count - 4)).first(where: { unread[$0...].starts(with: end) }) {
                start = index + 4
                break
            }
        }
        let answer = String(decoding: unread, as: UTF8.self)
        let isRight = answer.hasPrefix("HTTP/1.1 101") && answer.contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
        guard isRight, start > 0 else {
            throw Failure.refused(status: Int(answer.split(separator: " ").dropFirst().first ?? "") ?? 0, body: answer)
        }
        unread.removeFirst(start)
    }

    /// Returns the next message or control frame, or nil if none came within the patience.
    mutating func next() throws -> Incoming? {
        while true {
            if let incoming = try parse() { return incoming }
            guard try receive() else { return nil }
        }
    }

    /// Sends a frame, masked as a client must.
    func send(opcode: UInt8, _ payload: [UInt8]) throws {
        let mask: [UInt8] = [0x37, 0xfa, 0x21, 0x3d]
        let head = [0x80 | opcode, 0x80 | UInt8(payload.count)]
        try socket.send(head + mask + payload.enumerated().map { $1 ^ mask[$0 % 4] })
    }

    /// Parses one frame from the bytes received. Servers do not send fragments or masked frames here.
    private mutating func parse() throws -> Incoming? {
        guard unread.count >= 2 else { return nil }
        var start = 2
        var length = Int(unread[1])
        if length >= 126 {
            start = length == 126 ? 4 : 10
            guard unread.count >= start else { return nil }
            length = unread[2..<start].reduce(0) { $0 << 8 | Int($1) }
        }
        guard unread.count >= start + length else { return nil }
        let payload = Array(unread[start..<(start + length)])
        let first = unread[0]
        unread.removeFirst(start + length)
        switch first {
        case 0x81: return .text(String(decoding: payload, as: UTF8.self))
        case 0x89: return .ping(payload)
        case 0x88: return .close(payload.prefix(2).reduce(0) { $0 << 8 | Int($1) })
        default: throw Failure.frame(firstByte: first)
        }
    }

    /// Receives bytes. Returns false if nothing came in time.
    @discardableResult
    private mutating func receive() throws -> Bool {
        do {
            guard let bytes = try socket.receive() else { throw Failure.ended }
            unread += bytes
            return true
        } catch LocalServerError.system(call: "recv", subject: _, code: let code) {
            guard code == EAGAIN else { throw Failure.ended }
            return false
        }
    }
}
