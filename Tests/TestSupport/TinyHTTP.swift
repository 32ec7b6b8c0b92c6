import Foundation
import LocalServers

/// An HTTP/1.1 client for tests: one request, one connection to 127.0.0.1, no hidden behaviour.
public enum TinyHTTP {
    /// An answer.
    public struct Response: Sendable {
        /// The status code.
        public let status: Int
        /// The header fields in their order, names in lower case.
        public let headers: [(name: String, value: String)]
        /// The body, with any chunked coding undone.
        public let body: [UInt8]

        /// The body as text.
        public var text: String { String(decoding: body, as: UTF8.self) }

        /// The first field of that name, in any case.
        public func header(_ name: String) -> String? {
            headers.first { $0.name == name.lowercased() }?.value
        }

        /// The body as JSON.
        public func decode<Value: Decodable>(_ type: Value.Type = Value.self) throws -> Value {
            try JSONDecoder().decode(type, from: Data(body))
        }
    }

    /// The answer was not HTTP/1.x, ended too early, or grew too large.
    public struct Malformed: Error, CustomStringConvertible, Sendable {
        /// The fault.
        public let description: String
    }

    /// The largest answer that is read.
    package static let bytes_max = 64 * 1024 * 1024

    /// Sends a request and reads the whole answer.
    ///
    /// - Parameters:
    ///   - target: path and query, as sent.
    ///   - headers: further fields, in addition to `Host`, `Connection: close` and `Content-Length`.
    ///   - timeout: for the whole exchange.
    /// - Throws: `Malformed`, or the error of a socket call.
    public static func request(
        _ method: String = "GET", port: Int, _ target: String, headers: [(String, String)] = [], body: String? = nil,
        timeout: Duration = .seconds(15)
    ) async throws -> Response {
        var head = "\(method) \(target) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nConnection: close\r\n"
        for (name, value) in headers { head += "\(name): \(value)\r\n" }
        if let body { head += "Content-Length: \(body.utf8.count)\r\n" }
        let message = Array((head + "\r\n" + (body ?? "")).utf8)
        return try await Blocking.run {
            let deadline = ContinuousClock.now + timeout
            let socket = try LoopbackSocket(port: port, timeout: timeout)
            try socket.send(message)
            var parser = ResponseParser(hasBody: method != "HEAD")
            while ContinuousClock.now < deadline {
                let bytes = try socket.receive()
                if let response = try parser.feed(bytes) { return response }
            }
            throw Malformed(description: "no whole answer within \(timeout)")
        }
    }

    /// Sends a JSON body with POST.
    public static func post(
        port: Int, _ target: String, json: String, headers: [(String, String)] = [], timeout: Duration = .seconds(15)
    ) async throws -> Response {
        let headers = [("Content-Type", "application/json")] + headers
        return try await request("POST", port: port, target, headers: headers, body: json, timeout: timeout)
    }
}

/// Takes the bytes of one answer as they come, and says when it is complete.
package struct ResponseParser {
    private var bytes: [UInt8] = []
    private let hasBody: Bool

    package init(hasBody: Bool) {
        self.hasBody = hasBody
    }

    /// Takes the next bytes.
    ///
    /// - Parameter more: nil at the end of the stream.
    /// - Returns: the answer, once it is complete.
    package mutating func feed(_ more: [UInt8]?) throws -> TinyHTTP.Response? {
        if let more { bytes += more }
        guard bytes.count <= TinyHTTP.bytes_max else {
            throw TinyHTTP.Malformed(description: "the answer is too large")
        }
        guard let headEnd = Self.find([13, 10, 13, 10], in: bytes, from: 0) else {
            if more == nil { throw TinyHTTP.Malformed(description: "the stream ended within the head") }
            return nil
        }
        let (status, headers) = try Self.head(bytes[..<headEnd])
        let rest = bytes[(headEnd + 4)...]
        let value = { (name: String) in headers.first { $0.name == name }?.value }
        let body: [UInt8]?
        if !hasBody || status == 204 || status == 304 || status < 200 {
            body = []
        } else if value("transfer-encoding")?.lowercased() == "chunked" {
            body = try Self.chunks(Array(rest))
        } else if let length = value("content-length").flatMap({ Int($0) }) {
            body = rest.count >= length ? Array(rest.prefix(length)) : nil
        } else {
            body = more == nil ? Array(rest) : nil
        }
        guard let body else {
            if more == nil { throw TinyHTTP.Malformed(description: "the stream ended within the body") }
            return nil
        }
        return TinyHTTP.Response(status: status, headers: headers, body: body)
    }

    private static func head(_ bytes: ArraySlice<UInt8>) throws -> (Int, [(name: String, value: String)]) {
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\r\n")
        let first = lines.first?.split(separator: " ", maxSplits: 2) ?? []
        guard first.count >= 2, first[0].hasPrefix("HTTP/1."), let status = Int(first[1]) else {
            throw TinyHTTP.Malformed(description: "not a status line: \(lines.first ?? "")")
        }
        let headers = lines.dropFirst().compactMap { line -> (name: String, value: String)? in
            guard let colon = line.firstIndex(of: ":") else { return nil }
            let value = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
            return (line[..<colon].lowercased(), value)
        }
        return (status, headers)
    }

    /// Undoes the chunked coding (RFC 9112, section 7.1); nil while the last chunk is missing.
    private static func chunks(_ bytes: [UInt8]) throws -> [UInt8]? {
        var body: [UInt8] = []
        var position = 0
        while let lineEnd = find([13, 10], in: bytes, from: position) {
            let line = String(decoding: bytes[position..<lineEnd], as: UTF8.self)
            guard let size = Int(line.prefix { $0 != ";" }, radix: 16), size >= 0 else {
                throw TinyHTTP.Malformed(description: "not a chunk size: \(line)")
            }
            if size == 0 { return body }
            let start = lineEnd + 2
            guard size <= TinyHTTP.bytes_max, start + size + 2 <= bytes.count else { return nil }
            body += bytes[start..<(start + size)]
            position = start + size + 2
        }
        return nil
    }

    private static func find(_ pattern: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
        guard bytes.count - start >= pattern.count else { return nil }
        return (start...(bytes.count - pattern.count)).first { bytes[$0...].starts(with: pattern) }
    }
}
