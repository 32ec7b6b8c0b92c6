/// The address of a picture that a user has chosen. Only the browsers of those who see the user load it; this server
/// never does.
public struct AvatarURL: Sendable, Equatable {
    /// The URL.
    public let text: String

    /// The longest URL, in bytes.
    public static let bytesMax = 2048
    /// The rule, as a clause that can follow a field's name.
    public static let form = "must be an https URL of at most \(bytesMax) bytes"

    /// The URL of a text; nil unless it is `https://`, a host, and characters that URLs may hold (RFC 3986, section 2),
    /// without a user or password.
    public init?(_ text: String) {
        let scheme = "https://"
        guard text.utf8.count <= Self.bytesMax, text.hasPrefix(scheme),
            text.utf8.allSatisfy({ Self.isAllowed($0) })
        else { return nil }
        let authority = text.utf8.dropFirst(scheme.utf8.count).prefix { !"/?#".utf8.contains($0) }
        guard let first = authority.first, first != UInt8(ascii: ":"), !authority.contains(UInt8(ascii: "@")) else {
            return nil
        }
        self.text = text
    }

    /// Quotes, brackets, backslashes and spaces are not allowed, so that the URL is harmless also where a page puts it
    /// into an attribute or a style sheet without care.
    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "-._~:/?#@!$&*+,;=%".utf8.contains(byte)
        }
    }
}
