import Foundation
import LocalServers
import TestSupport

/// A blocking HTTP/1.1 client that keeps its connection, for use by one thread. It connects at its first request, and
/// again after the server closed the connection or an error.
final class KeepAliveClient {
    let port: Int
    private let timeout: Duration
    private var socket: LoopbackSocket?

    /// - Parameter timeout: how long one send or receive may take.
    init(port: Int, timeout: Duration = .seconds(15)) {
        self.port = port
        self.timeout = timeout
    }

    /// Posts JSON and waits for the answer.
    ///
    /// - Throws: an error if there is no complete answer. The outcome of the request is then unknown, and the client
    ///   sends nothing again by itself.
    func post(_ target: String, token: String, json: String) throws -> TinyHTTP.Response {
        let head = """
            POST \(target) HTTP/1.1\r
            Host: 127.0.0.1:\(port)\r
            Authorization: Bearer \(token)\r
            Content-Type: application/json\r
            Content-Length: \(json.utf8.count)\r
            \r

            """
        return try exchange(Array((head + json).utf8))
    }

    /// Sends the bytes of a request and waits for the answer.
    func exchange(_ request: [UInt8]) throws -> TinyHTTP.Response {
        do {
            let socket = try socket ?? LoopbackSocket(port: port, timeout: timeout)
            self.socket = socket
            try socket.send(request)
            let response = try Self.response(from: socket)
            if response.header("connection")?.lowercased() == "close" { self.socket = nil }
            return response
        } catch {
            socket = nil
            throw error
        }
    }

    /// Reads one answer.
    static func response(from socket: LoopbackSocket) throws -> TinyHTTP.Response {
        var parser = ResponseParser(hasBody: true)
        while true {
            if let response = try parser.feed(try socket.receive()) { return response }
        }
    }
}

extension TinyHTTP.Response {
    /// The body as JSON.
    var json: JSON {
        get throws { try JSON(body) }
    }
}
