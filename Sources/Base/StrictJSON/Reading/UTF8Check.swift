/// Checks that bytes are well-formed UTF-8, as defined by table 3-7 of the Unicode standard and by RFC 3629: no
/// overlong forms, no surrogates, nothing above U+10FFFF.
public enum UTF8Check {
    /// Whether all of these bytes are well-formed UTF-8. Empty input is well-formed.
    public static func isValid(_ bytes: UnsafeRawBufferPointer) -> Bool {
        let tops: UInt64 = 0x8080_8080_8080_8080
        var position = 0
        while position < bytes.count {
            if position &+ 8 <= bytes.count,
                bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self) & tops == 0
            {
                position &+= 8
            } else if bytes[position] < 0x80 {
                position &+= 1
            } else {
                guard let length = sequenceLength(bytes, at: position) else { return false }
                position &+= length
            }
        }
        return true
    }

    /// The length (2 to 4) of the well-formed sequence that begins with the non-ASCII byte at `position`, or `nil` if
    /// the sequence is malformed.
    static func sequenceLength(_ bytes: UnsafeRawBufferPointer, at position: Int) -> Int? {
        let left = bytes.count - position
        let second: ClosedRange<UInt8>
        let length: Int
        switch bytes[position] {
        case 0xC2...0xDF: (length, second) = (2, 0x80...0xBF)
        case 0xE0: (length, second) = (3, 0xA0...0xBF)
        case 0xE1...0xEC, 0xEE...0xEF: (length, second) = (3, 0x80...0xBF)
        case 0xED: (length, second) = (3, 0x80...0x9F)
        case 0xF0: (length, second) = (4, 0x90...0xBF)
        case 0xF1...0xF3: (length, second) = (4, 0x80...0xBF)
        case 0xF4: (length, second) = (4, 0x80...0x8F)
        default: return nil
        }
        guard left >= length, second.contains(bytes[position + 1]) else { return nil }
        for next in (position + 2)..<(position + length) where bytes[next] & 0xC0 != 0x80 { return nil }
        return length
    }
}
