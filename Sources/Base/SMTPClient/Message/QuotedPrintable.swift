import Basics

/// Quoted-printable text (RFC 2045, 6.7).
enum QuotedPrintable {
    /// The longest line, in characters, with the `=` that continues it.
    private static let lineMax = 76

    /// One line of text, as lines that continue each other.
    static func text(_ line: some StringProtocol) -> String {
        let bytes = Array(line.utf8)
        var lines = ""
        var current: [UInt8] = []
        for (index, byte) in bytes.enumerated() {
            let isLast = index == bytes.count - 1
            let unit = encoded(byte, endsLine: isLast)
            if current.count + unit.count > lineMax - (isLast ? 0 : 1) {
                lines += String(decoding: current, as: UTF8.self) + "=\r\n"
                current = []
            }
            current += unit
        }
        return lines + String(decoding: current, as: UTF8.self)
    }

    /// White space is only encoded at the end of a line, where servers may remove it.
    private static func encoded(_ byte: UInt8, endsLine: Bool) -> [UInt8] {
        switch byte {
        case 0x3d: break
        case 0x21...0x7e: return [byte]
        case 0x20, 0x09: if !endsLine { return [byte] }
        default: break
        }
        return Array("=".utf8) + [byte >> 4, byte & 15].map { $0 < 10 ? 0x30 + $0 : 0x41 + $0 - 10 }
    }
}
