/// Base64 (RFC 4648): the unpadded URL form of tokens and action ids, and the padded form of keys and handshakes.
///
/// The unpadded URL form is read strictly: exactly one text stands for given bytes, so that nobody can alter a token or
/// an action id without altering what it says.
package enum Base64 {
    private static let urlAlphabet: StaticString = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    private static let plainAlphabet: StaticString = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

    /// The number of characters in the unpadded text of `byteCount` bytes.
    package static func encodedCount(_ byteCount: Int) -> Int { (byteCount * 8 + 5) / 6 }

    /// Writes the unpadded URL form of `bytes` into `text`, which has exactly ``encodedCount(_:)`` places.
    package static func encodeURL(_ bytes: UnsafeRawBufferPointer, into text: UnsafeMutableRawBufferPointer) {
        encode(bytes, urlAlphabet.utf8Start, into: text)
    }

    /// The unpadded URL form of `bytes`.
    package static func encodeURL(_ bytes: UnsafeRawBufferPointer) -> String {
        let count = encodedCount(bytes.count)
        return withUnsafeTemporaryAllocation(byteCount: count, alignment: 1) { text in
            encodeURL(bytes, into: text)
            return String(decoding: UnsafeRawBufferPointer(text), as: UTF8.self)
        }
    }

    /// The padded form of `bytes` in the standard alphabet.
    package static func encode(_ bytes: UnsafeRawBufferPointer) -> String {
        let count = (bytes.count + 2) / 3 * 4
        return withUnsafeTemporaryAllocation(byteCount: count, alignment: 1) { text in
            encode(bytes, plainAlphabet.utf8Start, into: text)
            for place in encodedCount(bytes.count)..<count { text[place] = UInt8(ascii: "=") }
            return String(decoding: UnsafeRawBufferPointer(text), as: UTF8.self)
        }
    }

    @inline(__always)
    private static func encode(
        _ bytes: UnsafeRawBufferPointer, _ alphabet: UnsafePointer<UInt8>, into text: UnsafeMutableRawBufferPointer
    ) {
        var bits: UInt32 = 0
        var bitCount = 0
        var position = 0
        for byte in bytes {
            bits = bits << 8 | UInt32(byte)
            bitCount += 8
            while bitCount >= 6 {
                bitCount -= 6
                text[position] = alphabet[Int(bits >> UInt32(bitCount) & 63)]
                position += 1
            }
        }
        if bitCount > 0 { text[position] = alphabet[Int(bits << UInt32(6 - bitCount) & 63)] }
    }

    /// The bytes of an unpadded URL text; `nil` unless it is exactly the text that ``encodeURL(_:)`` gives
    /// for them: no padding, no other alphabet, no white space, no bits set after the last byte (RFC 4648 section 3.5).
    package static func decodeURL(_ text: UnsafeRawBufferPointer) -> [UInt8]? {
        decode(text) { byte in
            switch byte {
            case UInt8(ascii: "-"): 62
            case UInt8(ascii: "_"): 63
            default: nil
            }
        }
    }

    /// The bytes of a text that a person pasted: either alphabet, padded or not. Bits after the last byte must be
    /// zero.
    package static func decodeAny(_ text: UnsafeRawBufferPointer) -> [UInt8]? {
        var end = text.count
        if text.count % 4 == 0 {
            while end > 0, text.count - end < 2, text[end - 1] == UInt8(ascii: "=") { end -= 1 }
        }
        return decode(UnsafeRawBufferPointer(rebasing: text[..<end])) { byte in
            switch byte {
            case UInt8(ascii: "-"), UInt8(ascii: "+"): 62
            case UInt8(ascii: "_"), UInt8(ascii: "/"): 63
            default: nil
            }
        }
    }

    @inline(__always)
    private static func decode(_ text: UnsafeRawBufferPointer, special: (UInt8) -> UInt32?) -> [UInt8]? {
        guard text.count % 4 != 1 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count * 3 / 4)
        var bits: UInt32 = 0
        var bitCount = 0
        for byte in text {
            let value: UInt32
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): value = UInt32(byte - UInt8(ascii: "A"))
            case UInt8(ascii: "a")...UInt8(ascii: "z"): value = UInt32(byte - UInt8(ascii: "a")) + 26
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = UInt32(byte - UInt8(ascii: "0")) + 52
            default:
                guard let other = special(byte) else { return nil }
                value = other
            }
            bits = bits << 6 | value
            bitCount += 6
            if bitCount >= 8 {
                bitCount -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(bitCount)))
            }
        }
        guard bits & ((1 << UInt32(bitCount)) - 1) == 0 else { return nil }
        return bytes
    }
}
