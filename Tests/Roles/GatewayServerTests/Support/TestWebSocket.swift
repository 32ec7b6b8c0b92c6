import Glibc
import TestSupport

/// A blocking WebSocket client for tests, over a plain socket to 127.0.0.1. It masks what it sends, answers nothing by
/// itself, and can break every rule on purpose. Call it from a thread of your own, not from the tasks' pool.
final class TestWebSocket {
    /// An event from the server.
    enum Incoming: Equatable {
        case text(String)
        case ping([UInt8])
        case pong([UInt8])
        /// A close frame and its code; nil if it had none.
        case close(UInt16?)
        /// The server ended its side of the connection.
        case end
    }

    /// The server did not answer with 101.
    struct Refused: Error {
        var response: TestHTTP.Response
    }

    /// Nothing came in time.
    struct Silence: Error {}

    /// The reason in the last close frame.
    private(set) var closeReason = ""

    /// The response that opened the WebSocket.
    let response: TestHTTP.Response
    private let connection: TestConnection
    /// The longest wait for the next frame, in ms.
    var patienceMilliseconds = 30_000

    /// The fields of a correct handshake, with the key of RFC 6455, 1.3.
    static let handshake = [
        ("Upgrade", "websocket"), ("Connection", "keep-alive, Upgrade"), ("Sec-WebSocket-Version", "13"),
        ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ]

    /// Opens a WebSocket.
    ///
    /// - Parameters:
    ///   - connection: a connection to use, which was used before.
    ///   - headers: further fields.
    ///   - early: bytes to send in one write with the request.
    ///   - receiveBytes: the size of the socket's receive buffer, for a slow reader; nil for the system's.
    convenience init(
        port: Int, _ target: String = "/ws/scoreboard", headers: [(String, String)] = [], early: [UInt8] = [],
        receiveBytes: Int32? = nil
    ) throws {
        let connection = try TestConnection(port: port, receiveBytes: receiveBytes)
        try self.init(on: connection, target, headers: headers, early: early)
    }

    init(
        on connection: TestConnection, _ target: String = "/ws/scoreboard", headers: [(String, String)] = [],
        early: [UInt8] = []
    ) throws {
        self.connection = connection
        try connection.send(
            TestHTTP.request("GET", target, port: connection.port, headers: Self.handshake + headers) + early)
        response = try TestHTTP.readResponse(from: connection)
        guard response.status == 101 else { throw Refused(response: response) }
    }

    // MARK: Sending

    func send(text: String) throws { try send(opcode: 1, Array(text.utf8)) }

    /// Sends a frame of any kind.
    func send(
        opcode: UInt8, _ payload: [UInt8] = [], fin: Bool = true, reserved: UInt8 = 0, masked: Bool = true
    ) throws {
        try connection.send(Self.frame(opcode: opcode, payload, fin: fin, reserved: reserved, masked: masked))
    }

    /// Sends bytes as they are.
    func send(raw bytes: [UInt8]) throws { try connection.send(bytes) }

    /// The bytes of a frame.
    static func frame(
        opcode: UInt8, _ payload: [UInt8], fin: Bool = true, reserved: UInt8 = 0, masked: Bool = true
    ) -> [UInt8] {
        ClientFrame.bytes(opcode: opcode, payload, fin: fin, reserved: reserved, masked: masked)
    }

    // MARK: Receiving

    /// The next frame.
    ///
    /// - Throws: `Silence` if none came in time.
    func receive() throws -> Incoming {
        guard let head = try connection.read(2, within: patienceMilliseconds) else { return .end }
        var length = Int(head[1] & 0x7F)
        if length >= 126 {
            guard let more = try connection.read(length == 126 ? 2 : 8, within: patienceMilliseconds) else {
                return .end
            }
            length = more.reduce(0) { $0 << 8 | Int($1) }
        }
        guard let payload = try connection.read(length, within: patienceMilliseconds) else { return .end }
        switch head[0] {
        case 0x81: return .text(String(decoding: payload, as: UTF8.self))
        case 0x88:
            closeReason = String(decoding: payload.dropFirst(2), as: UTF8.self)
            return .close(payload.count >= 2 ? UInt16(payload[0]) << 8 | UInt16(payload[1]) : nil)
        case 0x89: return .ping(payload)
        case 0x8A: return .pong(payload)
        default: throw TestConnection.Failure(call: "frame with first byte \(head[0])", code: 0)
        }
    }

    /// The next text message. Answers the pings before it.
    ///
    /// - Throws: `Silence` if none came in time, even if other frames did.
    func receiveText() throws -> String {
        let deadline = ContinuousClock.now + .milliseconds(patienceMilliseconds)
        while true {
            guard ContinuousClock.now < deadline else { throw Silence() }
            switch try receive() {
            case .text(let text): return text
            case .ping(let payload): try send(opcode: 10, payload)
            case let other: throw TestConnection.Failure(call: "\(other) instead of a text", code: 0)
            }
        }
    }

    /// Discards the bytes that have come. `receive` cannot read the bytes after them.
    func discard() { connection.discard() }

    /// Ends the output of this side, and still reads.
    func endSending() { connection.endSending() }

    /// Closes the socket without a close frame. This happens also when the client is released.
    func drop() { connection.close() }
}

/// A blocking TCP connection to 127.0.0.1.
final class TestConnection {
    /// A socket call failed.
    struct Failure: Error, Equatable {
        var call: String
        var code: Int32
    }

    let port: Int
    private var socket: Int32
    private var unread: [UInt8] = []
    private var start = 0

    init(port: Int, receiveBytes: Int32? = nil) throws {
        self.port = port
        socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard socket >= 0 else { throw Failure(call: "socket", code: errno) }
        if var receiveBytes {
            setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &receiveBytes, socklen_t(MemoryLayout<Int32>.size))
        }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { throw Failure(call: "connect", code: errno) }
    }

    deinit { close() }

    func close() {
        if socket >= 0 { Glibc.close(socket) }
        socket = -1
    }

    func endSending() { shutdown(socket, Int32(SHUT_WR)) }

    func send(_ bytes: [UInt8]) throws {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw Failure(call: "send", code: errno) }
            sent += count
        }
    }

    /// Exactly `count` bytes; nil if the stream ends before.
    func read(_ count: Int, within milliseconds: Int) throws -> [UInt8]? {
        while unread.count - start < count {
            guard let more = try readSome(within: milliseconds) else { return nil }
            unread.removeFirst(start)
            start = 0
            unread += more
        }
        defer { start += count }
        return Array(unread[start..<(start + count)])
    }

    /// All bytes through `end`; nil if the stream ends before.
    func read(through end: [UInt8], within milliseconds: Int) throws -> [UInt8]? {
        var bytes: [UInt8] = []
        while bytes.count < end.count || !bytes.suffix(end.count).elementsEqual(end) {
            guard let next = try read(1, within: milliseconds) else { return nil }
            bytes += next
        }
        return bytes
    }

    /// Discards the bytes that have come.
    func discard() {
        var chunk = [UInt8](repeating: 0, count: 65536)
        while recv(socket, &chunk, chunk.count, Int32(MSG_DONTWAIT)) == chunk.count {}
    }

    private func readSome(within milliseconds: Int) throws -> [UInt8]? {
        var ready = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
        guard poll(&ready, 1, Int32(milliseconds)) > 0 else { throw TestWebSocket.Silence() }
        var chunk = [UInt8](repeating: 0, count: 65536)
        let count = recv(socket, &chunk, chunk.count, 0)
        if count == 0 || (count < 0 && errno == ECONNRESET) { return nil }
        guard count > 0 else { throw Failure(call: "recv", code: errno) }
        return Array(chunk[..<count])
    }
}

/// Plain HTTP/1.1 for tests.
enum TestHTTP {
    struct Response {
        var status: Int
        /// Names in lower case.
        var headers: [(name: String, value: String)]
        var body: String

        subscript(name: String) -> String? { headers.first { $0.name == name }?.value }
    }

    static func request(_ method: String, _ target: String, port: Int, headers: [(String, String)] = []) -> [UInt8] {
        let host = headers.contains { $0.0 == "Host" } ? "" : "Host: 127.0.0.1:\(port)\r\n"
        let fields = headers.map { "\($0): \($1)\r\n" }.joined()
        return Array("\(method) \(target) HTTP/1.1\r\n\(host)\(fields)\r\n".utf8)
    }

    static func get(port: Int, _ target: String, headers: [(String, String)] = []) throws -> Response {
        let connection = try TestConnection(port: port)
        try connection.send(request("GET", target, port: port, headers: headers))
        return try readResponse(from: connection)
    }

    static func readResponse(from connection: TestConnection) throws -> Response {
        guard let head = try connection.read(through: Array("\r\n\r\n".utf8), within: 30_000) else {
            throw TestConnection.Failure(call: "the stream ended before a response", code: 0)
        }
        let lines = String(decoding: head, as: UTF8.self).split(separator: "\r\n")
        let headers = lines.dropFirst().compactMap { line -> (name: String, value: String)? in
            guard let colon = line.firstIndex(of: ":") else { return nil }
            return (line[..<colon].lowercased(), String(line[line.index(after: colon)...].drop { $0 == " " }))
        }
        var response = Response(
            status: Int(lines.first?.split(separator: " ")[1] ?? "") ?? 0, headers: headers, body: "")
        if let length = response["content-length"].flatMap({ Int($0) }), response.status != 304 {
            response.body = String(decoding: try connection.read(length, within: 30_000) ?? [], as: UTF8.self)
        }
        return response
    }
}
