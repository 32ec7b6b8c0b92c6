import CZlib
import NIOCore
import NIOPosix
import Synchronization

/// Compresses messages (RFC 7692, 7.2.1). No message refers to an earlier one, so a thread needs only one deflater for
/// each window, and a compressed message is the same for all clients.
final class Deflater: Sendable {
    private static let ofThread = ThreadSpecificVariable<Deflater>()
    private static let narrowOfThread = ThreadSpecificVariable<Deflater>()
    /// `Z_SYNC_FLUSH` writes an empty block at the end, which RFC 7692, 7.2.1 leaves out.
    private static let tailBytes = 4

    /// On the heap, since zlib keeps a pointer to it. One thread alone uses it, so the lock is always free.
    private let stream: Mutex<UnsafeMutablePointer<z_stream>>

    /// Nil if there is not enough memory.
    private init?(windowBits: Int32) {
        let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        stream.initialize(to: z_stream())
        let result = deflateInit2_(
            stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, -windowBits, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size))
        guard result == Z_OK else {
            stream.deallocate()
            return nil
        }
        self.stream = Mutex(stream)
    }

    deinit {
        stream.withLock { stream in
            deflateEnd(stream)
            stream.deallocate()
        }
    }

    /// Compresses one message. Returns nil if that would not make it shorter.
    ///
    /// - Parameter headroom: bytes to leave free before the result.
    static func deflate(_ message: ByteBuffer, for compression: Compression, headroom: Int) -> ByteBuffer? {
        guard let windowBits = compression.windowBits else { return nil }
        let place = compression == .deflatedNarrowly ? narrowOfThread : ofThread
        guard let deflater = place.currentValue ?? Deflater(windowBits: windowBits) else { return nil }
        place.currentValue = deflater
        return deflater.stream.withLock { run(message, on: $0, headroom: headroom) }
    }

    private static func run(
        _ message: ByteBuffer, on stream: UnsafeMutablePointer<z_stream>, headroom: Int
    ) -> ByteBuffer? {
        deflateReset(stream)
        var input = message
        var output = ByteBuffer()
        // A result that does not fit is longer than the message, and is not used.
        output.reserveCapacity(headroom + message.readableBytes)
        output.writeRepeatingByte(0, count: headroom)
        let isWhole = input.withUnsafeMutableReadableBytes { bytes in
            stream.pointee.next_in = bytes.bindMemory(to: UInt8.self).baseAddress
            stream.pointee.avail_in = UInt32(clamping: bytes.count)
            return output.writeWithUnsafeMutableBytesOfStep(bytes.count) { room in
                stream.pointee.next_out = room.bindMemory(to: UInt8.self).baseAddress
                stream.pointee.avail_out = UInt32(clamping: bytes.count)
                let result = CZlib.deflate(stream, Z_SYNC_FLUSH)
                return (bytes.count - Int(stream.pointee.avail_out), result == Z_OK && stream.pointee.avail_out > 0)
            }
        }
        stream.pointee.next_in = nil
        stream.pointee.next_out = nil
        guard isWhole, output.readableBytes >= headroom + tailBytes else { return nil }
        output.moveWriterIndex(to: output.writerIndex - tailBytes)
        return output
    }
}
