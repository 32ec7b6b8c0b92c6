/// Something that bytes can be appended to, such as an array or a network buffer.
public protocol ByteSink {
    /// An empty sink. Must not allocate.
    init()

    /// Appends one byte.
    mutating func append(_ byte: UInt8)

    /// Appends a copy of these bytes.
    mutating func append(contentsOf bytes: UnsafeRawBufferPointer)
}

extension [UInt8]: ByteSink {}
