/// The forms of the names that come from outside.
public enum Names {
    /// The longest user id, in bytes of UTF-8. Bounds keys and members in Redis, and is enough for what identity
    /// providers make: a hash in hexadecimal digits with a domain, for example.
    public static let userIDBytesMax = 128
    /// The longest board or action id, in bytes.
    public static let idBytesMax = 64
    /// What a board or action id must be, as a clause that can follow a field's name.
    public static let idForm = "must be 1 to 64 of A-Z a-z 0-9 _ -"
    /// What a user id must be, as a clause that can follow a field's name.
    public static let userIDForm = "must be 1 to 128 bytes of printable UTF-8 that show something"

    /// Whether `text` is a user id: 1 to 128 bytes of printable UTF-8 that show something.
    ///
    /// Printable leaves out control characters, line and paragraph separators, private use, noncharacters, and
    /// invisible characters that could make one name look like another, such as bidirectional overrides. Everything
    /// that Unicode shows is taken, emoji of every kind and of later versions of Unicode too. At least one character
    /// must show.
    public static func isUserID(_ text: String) -> Bool {
        var text = text
        let isASCII: Bool? = text.withUTF8 { bytes in
            guard (1...userIDBytesMax).contains(bytes.count) else { return false }
            // In ASCII only the space shows nothing.
            guard bytes.allSatisfy({ (0x20...0x7e).contains($0) }) else { return nil }
            return bytes.contains { $0 != 0x20 }
        }
        return isASCII ?? showsSomething(text)
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

    private static func showsSomething(_ text: String) -> Bool {
        var shows = false
        var flag = FlagTags()
        for scalar in text.unicodeScalars {
            guard flag.accepts(scalar.value) else { return false }
            switch NameCharacter(scalar.value) {
            case .refused: return false
            case .visible: shows = true
            case .invisible, .tag: break
            }
        }
        return shows && flag.isWhole
    }
}

/// Sees to it that tag characters stand only where they make a flag: a black flag, letters and digits as tags, and the
/// end tag (UTS #51, emoji tag sequences). Anywhere else they are invisible text that travels along.
private struct FlagTags {
    private enum State { case outside, afterFlag, inTags }
    private var state = State.outside

    private static let blackFlag: UInt32 = 0x1f3f4
    private static let end: UInt32 = 0xe007f

    /// Whether no sequence is open.
    var isWhole: Bool { state != .inTags }

    /// Whether the scalar may come next.
    mutating func accepts(_ scalar: UInt32) -> Bool {
        switch (state, scalar) {
        case (.afterFlag, 0xe0030...0xe0039), (.afterFlag, 0xe0061...0xe007a), (.inTags, 0xe0030...0xe0039),
            (.inTags, 0xe0061...0xe007a):
            state = .inTags
        case (.inTags, Self.end): state = .outside
        case (.inTags, _), (_, 0xe0020...Self.end): return false
        case (_, Self.blackFlag): state = .afterFlag
        default: state = .outside
        }
        return true
    }
}
