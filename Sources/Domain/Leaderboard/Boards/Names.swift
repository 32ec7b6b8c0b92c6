import Basics

/// The forms of the names that come from outside.
public enum Names {
    /// The longest user id, in bytes of UTF-8. It bounds keys and members in Redis. It is enough for the ids that
    /// identity providers make, such as a hash in hexadecimal digits with a domain.
    public static let userIDBytesMax = 128
    /// The longest board or action id, in bytes.
    public static let idBytesMax = 64
    /// The rule for a board or action id, as a clause that can follow a field's name.
    public static let idForm = "must be 1 to 64 of A-Z a-z 0-9 _ -"
    /// The rule for a user id, as a clause that can follow a field's name.
    public static let userIDForm = "must be 1 to 128 bytes of printable UTF-8 that show something"

    /// Returns whether `text` is a user id: 1 to 128 bytes of printable UTF-8 that show something.
    ///
    /// Not printable are control characters, line and paragraph separators, private use characters, noncharacters, and
    /// invisible characters that could make one name look like another, such as bidirectional overrides. Everything
    /// else that Unicode shows is allowed, including every kind of emoji and characters of later versions of Unicode.
    /// At least one character must be visible.
    public static func isUserID(_ text: String) -> Bool {
        var text = text
        let isASCII: Bool? = text.withUTF8 { bytes in
            guard (1...userIDBytesMax).contains(bytes.count) else { return false }
            // The space is the only printable ASCII character that shows nothing.
            guard bytes.allSatisfy({ (0x20...0x7e).contains($0) }) else { return nil }
            return bytes.contains { $0 != 0x20 }
        }
        return isASCII ?? isPrintable(text)
    }

    /// Returns whether `text` is a board id or an action id: `[A-Za-z0-9_-]{1,64}`.
    public static func isID(_ text: some StringProtocol) -> Bool {
        (1...idBytesMax).contains(text.utf8.count) && text.utf8.allSatisfy { $0.isIDByte }
    }

    /// Returns whether all of a text, of whatever length, is printable as in a user id, and some of it shows something.
    package static func isPrintable(_ text: String) -> Bool {
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

/// Checks that tag characters occur only in a flag: a black flag, letters and digits as tags, and the end tag (UTS #51,
/// emoji tag sequences). Anywhere else they are text that nobody sees.
private struct FlagTags {
    private enum State { case outside, afterFlag, inTags }
    private var state = State.outside

    private static let blackFlag: UInt32 = 0x1f3f4
    private static let end: UInt32 = 0xe007f

    /// Whether no sequence is open.
    var isWhole: Bool { state != .inTags }

    /// Returns whether the scalar may come next.
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
