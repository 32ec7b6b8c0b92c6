/// One escape of a JSON string: `\n`, `\u0041`, or the two `\u` of a surrogate pair (RFC 8259 section 7).
struct JSONEscape {
    /// The character that the escape stands for.
    let scalar: Unicode.Scalar

    /// The length of the escape in the input, in bytes: 2, 6, or 12.
    let length: Int

    /// Reads the escape whose backslash is at `position`. Returns `nil` if it is cut off, unknown, or half a pair.
    init?(_ bytes: UnsafeRawBufferPointer, at position: Int) {
        guard case .escape(let escape) = Self.scan(bytes, at: position) else { return nil }
        self = escape
    }

    private init(_ scalar: Unicode.Scalar, length: Int) {
        self.scalar = scalar
        self.length = length
    }

    /// The result of reading an escape.
    enum Outcome {
        case escape(JSONEscape)
        case refused(JSONError.Kind)
    }

    /// Reads the escape whose backslash is at `position`, or returns why it is refused.
    static func scan(_ bytes: UnsafeRawBufferPointer, at position: Int) -> Outcome {
        guard position + 1 < bytes.count else { return .refused(.unexpectedEnd) }
        switch bytes[position + 1] {
        case UInt8(ascii: "\""): return .escape(JSONEscape("\"", length: 2))
        case UInt8(ascii: "\\"): return .escape(JSONEscape("\\", length: 2))
        case UInt8(ascii: "/"): return .escape(JSONEscape("/", length: 2))
        case UInt8(ascii: "b"): return .escape(JSONEscape("\u{08}", length: 2))
        case UInt8(ascii: "f"): return .escape(JSONEscape("\u{0C}", length: 2))
        case UInt8(ascii: "n"): return .escape(JSONEscape("\n", length: 2))
        case UInt8(ascii: "r"): return .escape(JSONEscape("\r", length: 2))
        case UInt8(ascii: "t"): return .escape(JSONEscape("\t", length: 2))
        case UInt8(ascii: "u"): return scanUnicode(bytes, at: position)
        default: return .refused(.invalidEscape)
        }
    }

    /// Reads `\u` with its four digits. If they are a high surrogate, reads the second half of the pair too.
    private static func scanUnicode(_ bytes: UnsafeRawBufferPointer, at position: Int) -> Outcome {
        guard let unit = hexUnit(bytes, at: position + 2) else {
            return .refused(position + 6 > bytes.count ? .unexpectedEnd : .invalidEscape)
        }
        if let scalar = Unicode.Scalar(unit) { return .escape(JSONEscape(scalar, length: 6)) }
        guard unit < 0xDC00, position + 7 < bytes.count, bytes[position + 6] == Byte.backslash,
            bytes[position + 7] == UInt8(ascii: "u"), let low = hexUnit(bytes, at: position + 8),
            low & 0xFC00 == 0xDC00,
            let scalar = Unicode.Scalar(0x10000 + ((unit & 0x3FF) << 10) + (low & 0x3FF))
        else { return .refused(.loneSurrogate) }
        return .escape(JSONEscape(scalar, length: 12))
    }

    /// The value of four hexadecimal digits.
    private static func hexUnit(_ bytes: UnsafeRawBufferPointer, at position: Int) -> UInt32? {
        guard position + 4 <= bytes.count else { return nil }
        var unit: UInt32 = 0
        for byte in bytes[position..<(position + 4)] {
            let digit: UInt8
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
            default: return nil
            }
            unit = unit << 4 | UInt32(digit)
        }
        return unit
    }
}
