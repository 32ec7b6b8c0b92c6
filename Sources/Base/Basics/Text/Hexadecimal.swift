/// Hexadecimal digits (RFC 4648 section 8), written in lower case and read in either.
package enum Hexadecimal {
    private static let digits: StaticString = "0123456789abcdef"

    /// The digit of the low four bits of `value`.
    package static func digit(_ value: UInt8) -> UInt8 { digits.utf8Start[Int(value & 15)] }

    /// The value of a digit; nil for any other byte.
    package static func value(ofDigit digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        default: nil
        }
    }

    /// Two digits for each byte, after `prefix`.
    package static func text(_ bytes: some Collection<UInt8>, prefix: StaticString = "") -> String {
        let count = prefix.utf8CodeUnitCount + 2 * bytes.count
        return String(unsafeUninitializedCapacity: count) { text in
            for place in 0..<prefix.utf8CodeUnitCount { text[place] = prefix.utf8Start[place] }
            var end = prefix.utf8CodeUnitCount
            for byte in bytes {
                text[end] = digit(byte >> 4)
                text[end + 1] = digit(byte)
                end += 2
            }
            return end
        }
    }

    /// The bytes of a text; nil unless it holds two digits for each byte and nothing else.
    package static func bytes(_ text: some StringProtocol) -> [UInt8]? {
        var bytes: [UInt8] = []
        var high: UInt8?
        for digit in text.utf8 {
            guard let value = value(ofDigit: digit) else { return nil }
            if let first = high {
                bytes.append(first << 4 | value)
                high = nil
            } else {
                high = value
            }
        }
        return high == nil ? bytes : nil
    }
}
