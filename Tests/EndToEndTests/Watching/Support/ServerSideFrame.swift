import NIOCore

/// A frame from a server, without a mask (RFC 6455, 5.2).
struct ServerSideFrame {
    /// FIN, the reserved bits and the opcode.
    var first: UInt8
    var payload: ByteBuffer

    /// Returns the next frame, or nil if it is incomplete.
    static func read(from bytes: inout ByteBuffer) -> ServerSideFrame? {
        let start = bytes.readerIndex
        guard let first = bytes.getInteger(at: start, as: UInt8.self),
            let short = bytes.getInteger(at: start + 1, as: UInt8.self)
        else { return nil }
        var (length, headerBytes) = (Int(short), 2)
        if short == 126 {
            guard let long = bytes.getInteger(at: start + 2, as: UInt16.self) else { return nil }
            (length, headerBytes) = (Int(long), 4)
        } else if short >= 127 {
            // If the mask bit is set, the length is one that never arrives.
            guard let long = bytes.getInteger(at: start + 2, as: UInt64.self) else { return nil }
            (length, headerBytes) = (Int(clamping: long), 10)
        }
        guard length <= bytes.readableBytes - headerBytes,
            let payload = bytes.getSlice(at: start + headerBytes, length: length)
        else { return nil }
        bytes.moveReaderIndex(forwardBy: headerBytes + length)
        return ServerSideFrame(first: first, payload: payload)
    }
}

/// A client's opening handshake (RFC 6455, 4.1).
enum WebSocketRequest {
    /// The request.
    static func head(port: Int, _ target: String, fields: [(String, String)] = []) -> String {
        let lines = [
            "GET \(target) HTTP/1.1", "Host: 127.0.0.1:\(port)", "Upgrade: websocket", "Connection: Upgrade",
            "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        ]
        return (lines + fields.map { "\($0.0): \($0.1)" } + ["\r\n"]).joined(separator: "\r\n")
    }
}
