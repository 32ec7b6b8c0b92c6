import CZlib
import NIOCore
import NIOPosix
import Synchronization

/// Inflates messages (RFC 7692, 7.2.2). No message refers to an earlier one, so a thread needs only one inflater for
/// all of its connections.
final class Inflater: Sendable {
    enum Outcome: Equatable {
        case message(ByteBuffer)
        /// The input is not deflated data.
        case malformed
        /// The result is over the limit; inflating stopped there.
        case tooBig
        case outOfMemory
    }

    /// The empty block that the sender leaves out at the end (7.2.1).
    private static let tail: [UInt8] = [0x00, 0x00, 0xFF, 0xFF]
    /// Bytes that the output grows by at a time.
    private static let step = 4096
    private static let ofThread = ThreadSpecificVariable<Inflater>()

    /// On the heap, since zlib keeps a pointer to it. One thread alone uses it, so the lock is always free.
    private let stream: Mutex<UnsafeMutablePointer<z_stream>>

    /// Nil if there is not enough memory.
    private init?() {
        let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        stream.initialize(to: z_stream())
        let result = inflateInit2_(stream, -15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard result == Z_OK else {
            stream.deallocate()
            return nil
        }
        self.stream = Mutex(stream)
    }

    deinit {
        stream.withLock { stream in
            inflateEnd(stream)
            stream.deallocate()
        }
    }

    /// Inflates one message.
    ///
    /// - Parameter bytesMax: the longest result. It bounds the work too, whatever the ratio of compression.
    static func inflate(_ message: ByteBuffer, bytesMax: Int) -> Outcome {
        guard let inflater = ofThread.currentValue ?? Inflater() else { return .outOfMemory }
        ofThread.currentValue = inflater
        return inflater.stream.withLock { run(message, on: $0, bytesMax: bytesMax) }
    }

    private static func run(
        _ message: ByteBuffer, on stream: UnsafeMutablePointer<z_stream>, bytesMax: Int
    ) -> Outcome {
        inflateReset(stream)
        var input = message
        input.writeBytes(tail)
        var output = ByteBuffer()
        let ending = input.withUnsafeMutableReadableBytes { bytes -> Outcome? in
            stream.pointee.next_in = bytes.bindMemory(to: UInt8.self).baseAddress
            stream.pointee.avail_in = UInt32(clamping: bytes.count)
            return inflateAll(of: stream, into: &output, bytesMax: bytesMax)
        }
        stream.pointee.next_in = nil
        return ending ?? .message(output)
    }

    /// Inflates block by block, to see whether the message ends at the end of a block.
    private static func inflateAll(
        of stream: UnsafeMutablePointer<z_stream>, into output: inout ByteBuffer, bytesMax: Int
    ) -> Outcome? {
        while true {
            let result = output.writeWithUnsafeMutableBytesOfStep(step) { room in
                stream.pointee.next_out = room.bindMemory(to: UInt8.self).baseAddress
                stream.pointee.avail_out = UInt32(clamping: room.count)
                let result = CZlib.inflate(stream, Z_BLOCK)
                let written = room.count - Int(stream.pointee.avail_out)
                stream.pointee.next_out = nil
                return (written, result)
            }
            guard output.readableBytes <= bytesMax else { return .tooBig }
            switch result {
            // Between two blocks (128) with no bits left over (63).
            case Z_OK where stream.pointee.avail_in == 0 && stream.pointee.data_type & (128 | 63) == 128: return nil
            case Z_OK where stream.pointee.avail_in > 0 || stream.pointee.avail_out == 0: continue
            case Z_STREAM_END:
                // A final block may end the message early, and another stream may begin (7.2.3.4, 7.2.3.5).
                guard stream.pointee.avail_in > tail.count else { return nil }
                inflateReset(stream)
            case Z_MEM_ERROR: return .outOfMemory
            default: return .malformed
            }
        }
    }
}

extension ByteBuffer {
    /// Lets `body` write at the end, into at least `step` bytes of free space. It returns how many bytes it wrote, and
    /// a result to pass on.
    mutating func writeWithUnsafeMutableBytesOfStep<Result>(
        _ step: Int, _ body: (UnsafeMutableRawBufferPointer) -> (written: Int, result: Result)
    ) -> Result {
        if writableBytes < step { reserveCapacity(minimumWritableBytes: step) }
        let (written, result) = withUnsafeMutableWritableBytes(body)
        moveWriterIndex(forwardBy: written)
        return result
    }
}
