import Glibc
import NIOCore

/// A blocking HTTP/1.1 client for tests, over a plain socket to 127.0.0.1. It sends the given bytes unchanged, so tests
/// can break every rule on purpose. Call it from your own thread, not from Swift's cooperative pool.
final class TestClient {
    /// A socket call failed.
    struct Failure: Error {
        var call: String
        var code: Int32 = 0
    }

    /// Nothing arrived in time.
    struct Silence: Error {}

    struct Response {
        var version: String
        var status: Int
        /// Names in lower case.
        var fields: [(name: String, value: String)]
        var body: String

        /// The values of all fields of that name, joined by commas, or nil if there are none.
        subscript(name: String) -> String? {
            let values = fields.filter { $0.name == name }.map(\.value)
            return values.isEmpty ? nil : values.joined(separator: ", ")
        }

        /// Whether the server announces that it closes the connection.
        var closes: Bool { self["connection"]?.lowercased().contains("close") == true }
    }

    private var socket: Int32
    private var unread: [UInt8] = []
    private var start = 0
    /// How long to wait for the next bytes, in milliseconds.
    var patienceMilliseconds: Int32 = 30_000

    /// - Parameter receiveBytes: the size of the receive buffer; a small one makes a slow reader. Nil for the default.
    init(port: Int, receiveBytes: Int32? = nil) throws {
        socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard socket >= 0 else { throw Failure(call: "socket", code: errno) }
        if var receiveBytes {
            setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &receiveBytes, socklen_t(MemoryLayout<Int32>.size))
        }
        let address = try SocketAddress(ipAddress: "127.0.0.1", port: port)
        let result = address.withSockAddr { connect(socket, $0, socklen_t($1)) }
        guard result == 0 else { throw Failure(call: "connect", code: errno) }
    }

    deinit { close() }

    func close() {
        if socket >= 0 { Glibc.close(socket) }
        socket = -1
    }

    /// Keeps the connection open until the process ends.
    func leave() { socket = -1 }

    /// Ends the connection with a reset.
    func reset() {
        var linger = linger(l_onoff: 1, l_linger: 0)
        setsockopt(socket, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Glibc.linger>.size))
        close()
    }

    /// Closes the client's side of the connection: nothing more will be sent.
    func endOutput() { shutdown(socket, Int32(SHUT_WR)) }

    // MARK: Sending

    func send(_ text: String) throws { try send(Array(text.utf8)) }

    func send(_ bytes: [UInt8]) throws {
        guard try sendSome(bytes[...], within: patienceMilliseconds) == bytes.count else {
            throw Failure(call: "send: the server does not read")
        }
    }

    /// Sends until all is sent, or until the server has taken nothing for `milliseconds`. Returns the count of sent
    /// bytes.
    func sendSome(_ bytes: ArraySlice<UInt8>, within milliseconds: Int32) throws -> Int {
        var sent = 0
        while sent < bytes.count {
            var ready = pollfd(fd: socket, events: Int16(POLLOUT), revents: 0)
            guard poll(&ready, 1, milliseconds) > 0 else { return sent }
            let count = bytes.dropFirst(sent).withUnsafeBytes {
                Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
            }
            if count < 0, errno == EAGAIN { continue }
            guard count > 0 else { throw Failure(call: "send", code: errno) }
            sent += count
        }
        return sent
    }

    /// Sends a request.
    func send(
        _ method: String, _ target: String, fields: [String] = [], body: String? = nil, version: String = "HTTP/1.1"
    ) throws {
        try send(Self.request(method, target, fields: fields, body: body, version: version))
    }

    static func request(
        _ method: String, _ target: String, fields: [String] = [], body: String? = nil, version: String = "HTTP/1.1"
    ) -> String {
        var fields = ["Host: test"] + fields
        if let body { fields.append("Content-Length: \(body.utf8.count)") }
        return "\(method) \(target) \(version)\r\n" + fields.map { $0 + "\r\n" }.joined() + "\r\n" + (body ?? "")
    }

    // MARK: Receiving

    /// Receives the next response.
    ///
    /// - Parameter toHead: whether it answers a HEAD request.
    func receive(toHead: Bool = false) throws -> Response {
        guard let head = try read(through: Array("\r\n\r\n".utf8)) else {
            throw Failure(call: "the stream ended before a response")
        }
        let lines = String(decoding: head, as: UTF8.self).split(separator: "\r\n")
        let words = (lines.first ?? "").split(separator: " ", maxSplits: 2)
        guard words.count >= 2, let status = Int(words[1]) else {
            throw Failure(call: "no status line: \(lines.first ?? "")")
        }
        let fields = lines.dropFirst().compactMap { line -> (name: String, value: String)? in
            guard let colon = line.firstIndex(of: ":") else { return nil }
            return (line[..<colon].lowercased(), String(line[line.index(after: colon)...].drop { $0 == " " }))
        }
        var response = Response(version: String(words[0]), status: status, fields: fields, body: "")
        if !toHead, status >= 200, status != 204, status != 304 {
            response.body = String(decoding: try readBody(of: response), as: UTF8.self)
        }
        return response
    }

    private func readBody(of response: Response) throws -> [UInt8] {
        if response["transfer-encoding"] == "chunked" {
            var body: [UInt8] = []
            while true {
                guard let line = try read(through: [13, 10]),
                    let size = Int(String(decoding: line.dropLast(2), as: UTF8.self), radix: 16),
                    let chunk = try read(size + 2)
                else { throw Failure(call: "the stream ended within a chunked body") }
                if size == 0 { return body }
                body += chunk.dropLast(2)
            }
        }
        guard let length = response["content-length"] else { return try readToEnd() }
        guard let length = Int(length), let body = try read(length) else {
            throw Failure(call: "the stream ended within a body")
        }
        return body
    }

    /// Reads everything until the server closes its side.
    func readToEnd() throws -> [UInt8] {
        while try readSome() {}
        defer { (unread, start) = ([], 0) }
        return Array(unread[start...])
    }

    /// Reads exactly `count` bytes. Returns nil if the stream ends earlier.
    func read(_ count: Int) throws -> [UInt8]? {
        while unread.count - start < count {
            guard try readSome() else { return nil }
        }
        defer { start += count }
        return Array(unread[start..<(start + count)])
    }

    /// Reads all bytes up to and including `end`. Returns nil if the stream ends earlier.
    func read(through end: [UInt8]) throws -> [UInt8]? {
        var searched = 0
        while true {
            let bytes = unread[start...]
            let from = bytes.startIndex + max(0, searched - end.count)
            if let found = bytes[from...].firstRange(of: end) {
                defer { start = found.upperBound }
                return Array(bytes[..<found.upperBound])
            }
            searched = bytes.count
            guard try readSome() else { return nil }
        }
    }

    /// Whether the server has closed its side of the connection without sending anything more.
    func isEnded() throws -> Bool { try start == unread.count && !readSome() }

    /// Whether nothing arrives for `milliseconds`.
    func isSilent(milliseconds: Int32) throws -> Bool {
        guard start == unread.count else { return false }
        let patience = patienceMilliseconds
        patienceMilliseconds = milliseconds
        defer { patienceMilliseconds = patience }
        do {
            _ = try readSome()
            return false
        } catch is Silence {
            return true
        }
    }

    /// Reads the available bytes. Returns false at the end of the stream. A reset is an error instead.
    private func readSome() throws -> Bool {
        var ready = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
        guard poll(&ready, 1, patienceMilliseconds) > 0 else { throw Silence() }
        if start > 65536 {
            unread.removeFirst(start)
            start = 0
        }
        var chunk = [UInt8](repeating: 0, count: 65536)
        let count = recv(socket, &chunk, chunk.count, 0)
        guard count >= 0 else { throw Failure(call: "recv", code: errno) }
        unread += chunk[..<count]
        return count > 0
    }
}
