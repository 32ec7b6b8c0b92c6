/// Something that bytes can be appended to: an array here, a network buffer elsewhere.
public protocol ByteSink {
    /// An empty sink, without an allocation.
    init()

    /// Appends one byte.
    mutating func append(_ byte: UInt8)

    /// Appends a copy of these bytes.
    mutating func append(contentsOf bytes: UnsafeRawBufferPointer)
}

extension [UInt8]: ByteSink {}
