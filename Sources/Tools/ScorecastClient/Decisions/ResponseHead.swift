import NIOCore
import NIOHTTP1

/// Reads the head of the answer to a handshake (RFC 9112, 2 to 5). Pure.
///
/// This is not NIO's decoder, which leaves the pipeline some time after the head. If a server closes at once, the bytes
/// after the head (an error message, the close code) would be lost. The result here only decides whether this one
/// connection is a WebSocket.
package enum ResponseHead {
    /// The bytes are not an HTTP/1 answer.
    package struct NotHTTP: Error {}

    /// The longest accepted head, in bytes.
    package static let bytesMax = 16 * 1024

    /// Takes a head from the front of the bytes.
    ///
    /// - Returns: nil if it is not complete yet; the bytes are then unchanged.
    /// - Throws: `NotHTTP` if it is not an HTTP/1 head, or too long.
    package static func read(from bytes: inout ByteBuffer) throws(NotHTTP) -> HTTPResponseHead? {
        let view = bytes.readableBytesView.prefix(bytesMax)
        guard let end = view.firstRange(of: Array("\r\n\r\n".utf8)) else {
            guard bytes.readableBytes < bytesMax, isBegun(view) else { throw NotHTTP() }
            return nil
        }
        let text = String(decoding: view[..<end.lowerBound], as: UTF8.self)
        bytes.moveReaderIndex(to: end.upperBound)
        // By scalars: "\r\n" is one character.
        var lines = text.unicodeScalars.split(separator: "\r\n".unicodeScalars).map { String($0) }[...]
        guard let status = status(lines.popFirst() ?? "") else { throw NotHTTP() }
        var headers = HTTPHeaders()
        for line in lines {
            let (name, value) = try field(line)
            headers.add(name: name, value: value)
        }
        return HTTPResponseHead(version: .http1_1, status: HTTPResponseStatus(statusCode: status), headers: headers)
    }

    /// Whether these can be the first bytes of an answer, so that another protocol is detected before the timeout.
    private static func isBegun(_ view: ByteBufferView) -> Bool {
        zip(view, "HTTP/1.".utf8).allSatisfy { $0 == $1 }
    }

    /// The code in a line such as `HTTP/1.1 101 Switching Protocols`.
    private static func status(_ line: String) -> Int? {
        let parts = line.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count >= 2, parts[0] == "HTTP/1.1" || parts[0] == "HTTP/1.0", parts[1].utf8.count == 3,
            let code = UInt16(parts[1]), (100...599).contains(code)
        else {
            return nil
        }
        return Int(code)
    }

    private static func field(_ line: String) throws(NotHTTP) -> (name: String, value: String) {
        let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, !parts[0].contains(where: { $0 == " " || $0 == "\t" }) else {
            throw NotHTTP()
        }
        let value = parts[1].drop { $0 == " " || $0 == "\t" }
        let padding = value.reversed().prefix { $0 == " " || $0 == "\t" }.count
        return (String(parts[0]), String(value.dropLast(padding)))
    }
}
