/// The forms of the names that come from outside.
public enum Names {
    /// The longest user id, in bytes of UTF-8. Bounds keys and members in Redis.
    public static let userIDBytesMax = 64
    /// The longest board or action id, in bytes.
    public static let idBytesMax = 64

    /// Whether `text` is a user id: 1 to 64 bytes of printable UTF-8.
    ///
    /// Printable leaves out control characters, line and paragraph separators, unassigned code points, private use and
    /// invisible format characters such as bidirectional overrides, which could make one name look like another. The two
    /// joiners U+200C and U+200D stay, since scripts and emoji need them.
    public static func isUserID(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { bytes in
            guard (1...userIDBytesMax).contains(bytes.count) else { return false }
            return bytes.allSatisfy { (0x20...0x7e).contains($0) }
        } || isPrintableUnicode(text)
    }

    /// Whether `text` is a board or action id: `[A-Za-z0-9_-]{1,64}`.
    public static func isID(_ text: some StringProtocol) -> Bool {
        (1...idBytesMax).contains(text.utf8.count) && text.utf8.allSatisfy(isIDByte)
    }

    private static func isIDByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }

    private static func isPrintableUnicode(_ text: String) -> Bool {
        guard (1...userIDBytesMax).contains(text.utf8.count) else { return false }
        return text.unicodeScalars.allSatisfy { scalar in
            if scalar.value == 0x200c || scalar.value == 0x200d { return true }
            switch scalar.properties.generalCategory {
            case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator:
                return false
            default:
                return true
            }
        }
    }
}
