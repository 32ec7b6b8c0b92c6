/// An e-mail address: the form of RFC 5321, 4.1.2, without quoted local parts and without addresses of hosts.
///
/// It is ASCII, so it holds no line break that could add a header field, and no two addresses look alike that differ
/// only by Unicode normalization or case mapping. A domain with other letters is written in its ASCII form (`xn--…`).
public struct EmailAddress: Sendable, Hashable {
    /// The address as its user wrote it. Mail goes there.
    public let text: String
    /// The form in which addresses are compared: NFKC, in lower case. Since the address is ASCII, NFKC changes nothing.
    public let key: String

    /// The most characters (RFC 5321, 4.5.3.1.3, without the angle brackets).
    public static let charactersMax = 254
    /// The form, in words for people.
    public static let form = "must be an e-mail address, such as name@example.com, of ASCII characters"

    private static let localPartBytesMax = 64
    private static let labelBytesMax = 63

    /// The address of a text; nil if the text does not have the form of one.
    public init?(_ text: String) {
        guard text.utf8.count <= Self.charactersMax, let at = text.utf8.lastIndex(of: UInt8(ascii: "@")),
            Self.isLocalPart(text.utf8[..<at]), Self.isDomain(text.utf8[text.utf8.index(after: at)...])
        else { return nil }
        self.text = text
        key = text.lowercased()
    }

    /// The part after the `@`.
    public var domain: Substring { text[text.index(after: text.lastIndex(of: "@") ?? text.startIndex)...] }

    /// Whether two addresses are the same mailbox, as far as addresses are compared.
    public static func == (left: Self, right: Self) -> Bool { left.key == right.key }

    /// See `==`.
    public func hash(into hasher: inout Hasher) { hasher.combine(key) }

    /// Atoms with single dots between them (RFC 5321, `Dot-string`).
    private static func isLocalPart(_ part: Substring.UTF8View) -> Bool {
        guard part.count <= localPartBytesMax else { return false }
        return part.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy { atom in
            !atom.isEmpty && atom.allSatisfy(isAtomByte)
        }
    }

    /// At least two labels; the last one is not a number, as in an address of a host.
    private static func isDomain(_ domain: Substring.UTF8View) -> Bool {
        let labels = domain.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard labels.count >= 2, let last = labels.last, !last.allSatisfy(isDigit) else { return false }
        return labels.allSatisfy { label in
            (1...labelBytesMax).contains(label.count) && label.allSatisfy { isLetterOrDigit($0) || $0 == hyphen }
                && label.first != hyphen && label.last != hyphen
        }
    }

    private static let hyphen = UInt8(ascii: "-")

    /// RFC 5322, `atext`.
    private static func isAtomByte(_ byte: UInt8) -> Bool {
        isLetterOrDigit(byte) || "!#$%&'*+-/=?^_`{|}~".utf8.contains(byte)
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}

extension EmailAddress: CustomStringConvertible, CustomReflectable {
    /// Never the address: whoever logs it has to say so.
    public var description: String { "<address>" }

    /// Without children, so that `dump` does not show the address.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
