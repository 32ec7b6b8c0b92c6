/// The six types of JSON values (RFC 8259 section 3). `true` and `false` are one type.
public enum JSONType: String, Equatable, Sendable {
    /// `null`.
    case null
    /// `true` or `false`.
    case bool
    /// A number.
    case number
    /// A string.
    case string
    /// An array.
    case array
    /// An object.
    case object

    /// The type of the value that begins with this byte, or `nil` if no value begins with it.
    init?(firstByte: UInt8) {
        switch firstByte {
        case Byte.quote: self = .string
        case Byte.openBrace: self = .object
        case Byte.openBracket: self = .array
        case UInt8(ascii: "t"), UInt8(ascii: "f"): self = .bool
        case UInt8(ascii: "n"): self = .null
        case Byte.minus, Byte.zero...Byte.nine: self = .number
        default: return nil
        }
    }
}
