import NIOCore
import StrictJSON

/// JSON is written straight into the buffers that go out.
extension ByteBuffer: ByteSink {
    /// See `ByteSink`.
    public mutating func append(_ byte: UInt8) { writeInteger(byte) }

    /// See `ByteSink`.
    public mutating func append(contentsOf bytes: UnsafeRawBufferPointer) { writeBytes(bytes) }
}
