/// Appends single JSON values. ``JSONWriter`` adds the punctuation between them.
///
/// In strings, only the characters that RFC 8259 section 7 names are escaped: the quote, the backslash and the control
/// characters below U+0020. Everything else is written as it is, including `<`, `>`, `&`, `/`, U+2028 and U+2029: the
/// output is for JSON parsers and must not be pasted into HTML. It never contains a raw line break, so it fits on one
/// line of an event stream.
extension ByteSink {
    /// Appends a string with its quotes.
    @inlinable
    public mutating func appendJSON(_ string: String) {
        let done: Void? = string.utf8.withContiguousStorageIfAvailable { appendQuoted(UnsafeRawBufferPointer($0)) }
        if done == nil { Array(string.utf8).withUnsafeBytes { appendQuoted($0) } }
    }

    /// Appends a string, given as UTF-8, with its quotes. Malformed sequences become U+FFFD.
    @inlinable
    public mutating func appendJSON(utf8 bytes: UnsafeRawBufferPointer) {
        guard UTF8Check.isValid(bytes) else { return appendJSON(String(decoding: bytes, as: UTF8.self)) }
        appendQuoted(bytes)
    }

    /// Appends all digits of an integer without an allocation. Beyond ±2^53, some readers round.
    @inlinable
    public mutating func appendJSON(_ integer: some FixedWidthInteger) {
        withUnsafeTemporaryAllocation(byteCount: 40, alignment: 1) { digits in
            var start = digits.count
            var rest = integer.magnitude
            repeat {
                start -= 1
                digits[start] = UInt8(ascii: "0") + UInt8(rest % 10)
                rest /= 10
            } while rest != 0
            if integer < 0 {
                start -= 1
                digits[start] = UInt8(ascii: "-")
            }
            append(contentsOf: UnsafeRawBufferPointer(rebasing: digits[start...]))
        }
    }

    /// Appends the shortest number that reads back as this one, or `null` if it is not finite: JSON has no infinity
    /// or NaN.
    @inlinable
    public mutating func appendJSON(_ number: Double) {
        guard number.isFinite else { return append(literal: "null") }
        let text = number.description
        let done: Void? = text.utf8.withContiguousStorageIfAvailable { append(contentsOf: UnsafeRawBufferPointer($0)) }
        if done == nil { for byte in text.utf8 { append(byte) } }
    }

    /// Appends `true` or `false`.
    @inlinable
    public mutating func appendJSON(_ bool: Bool) { append(literal: bool ? "true" : "false") }

    /// Appends a literal of the program without escaping it.
    @inlinable
    public mutating func append(literal text: StaticString) {
        text.withUTF8Buffer { append(contentsOf: UnsafeRawBufferPointer($0)) }
    }

    /// Appends well-formed UTF-8 with quotes around it. Bytes that need no escape are copied in runs.
    @inlinable
    mutating func appendQuoted(_ bytes: UnsafeRawBufferPointer) {
        append(UInt8(ascii: "\""))
        var start = 0
        while start < bytes.count {
            let end = bytes.endOfUnescapedRun(from: start)
            append(contentsOf: UnsafeRawBufferPointer(rebasing: bytes[start..<end]))
            if end < bytes.count { appendEscape(of: bytes[end]) }
            start = end + 1
        }
        append(UInt8(ascii: "\""))
    }

    @inlinable
    mutating func appendEscape(of byte: UInt8) {
        append(UInt8(ascii: "\\"))
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): append(byte)
        case 0x08: append(UInt8(ascii: "b"))
        case 0x09: append(UInt8(ascii: "t"))
        case 0x0A: append(UInt8(ascii: "n"))
        case 0x0C: append(UInt8(ascii: "f"))
        case 0x0D: append(UInt8(ascii: "r"))
        default:
            append(literal: "u00")
            append(byte < 0x10 ? UInt8(ascii: "0") : UInt8(ascii: "1"))
            let low = byte & 0x0F
            append(low < 10 ? UInt8(ascii: "0") + low : UInt8(ascii: "a") + low - 10)
        }
    }
}

extension UnsafeRawBufferPointer {
    /// The end of the run of bytes from `start` that need no escape in a JSON string. Non-ASCII bytes are part of it.
    @usableFromInline
    func endOfUnescapedRun(from start: Int) -> Int {
        var position = start
        while position < count {
            position = endOfPlainRun(from: position)
            guard position < count, self[position] >= 0x80 else { break }
            position &+= 1
        }
        return position
    }
}
