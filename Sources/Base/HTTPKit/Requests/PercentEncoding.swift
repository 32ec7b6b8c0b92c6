import Basics

/// Percent-encoding (RFC 3986, 2.1).
package enum PercentEncoding {
    /// The text with its unreserved characters decoded and its other escapes in capitals (RFC 3986, 6.2.2); nil if a
    /// percent sign is not followed by two hexadecimal digits.
    package static func normalized(_ text: Substring.UTF8View) -> String? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count)
        var rest = text
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let decoded = takeByte(from: &rest) else { return nil }
            if isUnreserved(decoded) {
                bytes.append(decoded)
            } else {
                bytes += [byte, hexDigit(decoded >> 4), hexDigit(decoded & 15)]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// A part of a query, decoded; plus signs are spaces (application/x-www-form-urlencoded). Nil if it is not
    /// percent-encoded UTF-8.
    package static func decodedFormText(_ text: Substring.UTF8View) -> String? { decoded(text, plusIsSpace: true) }

    /// A segment of a path, decoded. Nil if it is not percent-encoded UTF-8.
    package static func decodedSegment(_ text: Substring.UTF8View) -> String? { decoded(text, plusIsSpace: false) }

    private static func decoded(_ text: Substring.UTF8View, plusIsSpace: Bool) -> String? {
        var bytes: [UInt8] = []
        var rest = text
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "+") where plusIsSpace: bytes.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                guard let decoded = takeByte(from: &rest) else { return nil }
                bytes.append(decoded)
            default: bytes.append(byte)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }

    /// The byte of the two digits after a percent sign.
    private static func takeByte(from text: inout Substring.UTF8View) -> UInt8? {
        guard let high = text.popFirst().flatMap(Hexadecimal.value),
            let low = text.popFirst().flatMap(Hexadecimal.value)
        else { return nil }
        return high << 4 | low
    }

    private static func hexDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "A") + value - 10
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"):
            true
        default: false
        }
    }
}
