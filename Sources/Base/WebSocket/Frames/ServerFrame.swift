import HTTPKit
import NIOCore
import StrictJSON

/// Makes the frames that a server sends: header and payload in one buffer, ready for any number of sockets (RFC 6455,
/// 5.2).
package enum ServerFrame {
    /// The longest header of a server's frame, in bytes: it has no mask.
    private static let headerBytesMax = 10

    /// A text message in one frame.
    ///
    /// - Parameters:
    ///   - capacity: about how many bytes it will have.
    ///   - body: writes the JSON of the message.
    package static func text(capacity: Int, _ body: (inout JSONWriter<ByteBuffer>) -> Void) -> ByteBuffer {
        var buffer = ByteBuffer()
        buffer.reserveCapacity(headerBytesMax + capacity)
        buffer.writeRepeatingByte(0, count: headerBytesMax)
        JSONWriter.append(to: &buffer, body)
        writeHeader(opcode: 0x1, before: &buffer)
        return buffer
    }

    /// A message in one frame, compressed if that was agreed and makes it shorter.
    package static func message(_ payload: ByteBuffer, isText: Bool, compression: Compression) -> ByteBuffer {
        if let compressed = compressed(payload, isText: isText, compression: compression) { return compressed }
        var buffer = ByteBuffer()
        buffer.reserveCapacity(headerBytesMax + payload.readableBytes)
        buffer.writeRepeatingByte(0, count: headerBytesMax)
        buffer.writeImmutableBuffer(payload)
        writeHeader(opcode: isText ? 0x1 : 0x2, before: &buffer)
        return buffer
    }

    /// The text message of `frame` for clients that agreed to this compression. Returns `frame` itself if compressing
    /// does not make it shorter.
    package static func text(_ frame: ByteBuffer, for compression: Compression) -> ByteBuffer {
        guard compression != .plain, let length = frame.getInteger(at: frame.readerIndex + 1, as: UInt8.self) else {
            return frame
        }
        var payload = frame
        payload.moveReaderIndex(forwardBy: length < 126 ? 2 : length == 126 ? 4 : headerBytesMax)
        return compressed(payload, isText: true, compression: compression) ?? frame
    }

    private static func compressed(_ payload: ByteBuffer, isText: Bool, compression: Compression) -> ByteBuffer? {
        guard payload.readableBytes >= Compression.bytesMin,
            var buffer = Deflater.deflate(payload, for: compression, headroom: headerBytesMax)
        else { return nil }
        writeHeader(opcode: 0x40 | (isText ? 0x1 : 0x2), before: &buffer)  // RSV1 (RFC 7692, 6)
        return buffer
    }

    /// A ping without a payload, shared by all connections.
    package static let ping = control(opcode: 0x9, payload: ByteBuffer())

    /// The answer to a ping with this payload, at most 125 bytes.
    package static func pong(_ payload: ByteBuffer) -> ByteBuffer { control(opcode: 0xA, payload: payload) }

    /// A close frame. If there is no code, its payload is empty.
    ///
    /// - Parameters:
    ///   - code: why the connection is closed.
    ///   - reason: a sentence for people, in ASCII. It is cut to 123 bytes, for which there is room (RFC 6455, 5.5).
    package static func close(_ code: CloseCode?, reason: String = "") -> ByteBuffer {
        var payload = ByteBuffer()
        if let code {
            payload.writeInteger(code.rawValue)
            payload.writeBytes(reason.utf8.prefix(closeReasonBytesMax).map { $0 < 0x80 ? $0 : UInt8(ascii: "?") })
        }
        return control(opcode: 0x8, payload: payload)
    }

    private static let closeReasonBytesMax = 123

    private static func control(opcode: UInt8, payload: ByteBuffer) -> ByteBuffer {
        var buffer = ByteBuffer()
        buffer.reserveCapacity(2 + payload.readableBytes)
        buffer.writeInteger(0x80 | opcode)
        buffer.writeInteger(UInt8(truncatingIfNeeded: payload.readableBytes))
        buffer.writeImmutableBuffer(payload)
        return buffer
    }

    /// Writes the header into the space that was kept before the payload, and makes it the buffer's start.
    private static func writeHeader(opcode: UInt8, before buffer: inout ByteBuffer) {
        let length = buffer.readableBytes - headerBytesMax
        let start: Int
        switch length {
        case ...125:
            start = headerBytesMax - 2
            buffer.setInteger(UInt8(truncatingIfNeeded: length), at: start + 1)
        case ...0xFFFF:
            start = headerBytesMax - 4
            buffer.setInteger(126 as UInt8, at: start + 1)
            buffer.setInteger(UInt16(truncatingIfNeeded: length), at: start + 2)
        default:
            start = 0
            buffer.setInteger(127 as UInt8, at: 1)
            buffer.setInteger(UInt64(length), at: 2)
        }
        buffer.setInteger(0x80 | opcode, at: start)
        buffer.moveReaderIndex(to: start)
    }
}
