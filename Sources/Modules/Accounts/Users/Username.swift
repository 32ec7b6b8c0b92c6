/// The name with which a user logs in.
///
/// It is ASCII, so no two names look alike that differ only by Unicode normalization. Names that differ only by case
/// are the same name.
public struct Username: Sendable, Hashable {
    /// The name as its user wrote it.
    public let text: String
    /// The form in which names are compared.
    public let key: String

    /// How many characters a name may have.
    public static let lengths = 3...32
    /// The form, in words for people.
    public static let form = "must be 3 to 32 characters of A-Z a-z 0-9 _ . -"

    /// The name of a text; nil if the text does not have the form of one.
    public init?(_ text: String) {
        let isFormed = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "-"):
                true
            default: false
            }
        }
        guard isFormed, Self.lengths.contains(text.utf8.count) else { return nil }
        self.text = text
        key = text.lowercased()
    }

    /// Whether two names are the same, without case.
    public static func == (left: Self, right: Self) -> Bool { left.key == right.key }

    /// See `==`.
    public func hash(into hasher: inout Hasher) { hasher.combine(key) }
}
