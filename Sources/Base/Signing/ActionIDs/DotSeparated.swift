/// The parts of a text between its dots, one by one; empty parts count.
struct DotSeparated {
    private let bytes: UnsafeRawBufferPointer
    private var position: Int? = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    /// The next part; `nil` after the last one.
    mutating func next() -> UnsafeRawBufferPointer? {
        guard let start = position else { return nil }
        var end = start
        while end < bytes.count, bytes[end] != UInt8(ascii: ".") { end += 1 }
        position = end < bytes.count ? end + 1 : nil
        return bytes.slice(start..<end)
    }
}
