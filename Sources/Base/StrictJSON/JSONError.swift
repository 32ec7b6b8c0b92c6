/// The reason why a JSON text was refused, and the position of the error.
///
/// The message is a fixed sentence for each kind. It never repeats the input, so it may be logged and shown.
public struct JSONError: Error, Equatable, Sendable {
    /// The kinds of errors. The raw value is a stable name for metrics and logs.
    public enum Kind: String, Equatable, Sendable, CaseIterable {
        /// The input has no value: it is empty or only white space.
        case emptyInput = "empty_input"
        /// The text begins with a byte order mark, which RFC 8259 section 8.1 forbids.
        case byteOrderMark = "byte_order_mark"
        /// The text is longer than ``JSONLimits/maxDocumentBytes``.
        case documentTooLarge = "document_too_large"
        /// The text ended in the middle of a value.
        case unexpectedEnd = "unexpected_end"
        /// The grammar does not allow this byte here.
        case unexpectedByte = "unexpected_byte"
        /// Something other than white space follows the value.
        case trailingData = "trailing_data"
        /// Arrays and objects are nested deeper than ``JSONLimits/maxDepth``.
        case tooDeep = "too_deep"
        /// An object has more members than ``JSONLimits/maxMembers``.
        case tooManyMembers = "too_many_members"
        /// An array has more elements than allowed.
        case tooManyElements = "too_many_elements"
        /// An object names the same key twice.
        case duplicateKey = "duplicate_key"
        /// A string holds bytes that are not well-formed UTF-8.
        case invalidUTF8 = "invalid_utf8"
        /// A string holds a control character that is not escaped.
        case controlCharacter = "control_character"
        /// A backslash does not begin a valid escape.
        case invalidEscape = "invalid_escape"
        /// A `\u` escape names half of a surrogate pair.
        case loneSurrogate = "lone_surrogate"
        /// A string is longer than the caller allows.
        case stringTooLong = "string_too_long"
        /// A number does not follow the grammar: a leading zero, a bare minus sign, a missing digit.
        case invalidNumber = "invalid_number"
        /// A number has a fraction or an exponent, but the caller wants an integer.
        case notAnInteger = "not_an_integer"
        /// A number is outside the range that the caller allows.
        case numberOutOfRange = "number_out_of_range"
        /// A value has a different type than the caller wants.
        case typeMismatch = "type_mismatch"
        /// The caller read the same value twice. This is a bug in the program.
        case valueAlreadyRead = "value_already_read"
    }

    /// The kind of the error.
    public let kind: Kind

    /// The position of the error, as a byte offset into the input.
    public let offset: Int

    /// An error of this kind at this byte offset.
    public init(_ kind: Kind, at offset: Int) {
        self.kind = kind
        self.offset = offset
    }
}

extension JSONError: CustomStringConvertible {
    /// A sentence for humans, such as `An object names the same key twice (at byte 17).`
    public var description: String { "\(kind.sentence) (at byte \(offset))." }

    /// The same as ``description``. Safe to show, since it never repeats the input.
    public var message: String { description }
}

extension JSONError.Kind {
    fileprivate var sentence: String {
        switch self {
        case .emptyInput: "The input is empty"
        case .byteOrderMark: "The input begins with a byte order mark"
        case .documentTooLarge: "The input is too large"
        case .unexpectedEnd: "The input ends in the middle of a value"
        case .unexpectedByte: "There is a character that JSON does not allow here"
        case .trailingData: "There is something after the end of the value"
        case .tooDeep: "Arrays and objects are nested too deeply"
        case .tooManyMembers: "An object has too many members"
        case .tooManyElements: "An array has too many elements"
        case .duplicateKey: "An object names the same key twice"
        case .invalidUTF8: "A string is not well-formed UTF-8"
        case .controlCharacter: "A string holds an unescaped control character"
        case .invalidEscape: "A string holds an unknown escape"
        case .loneSurrogate: "A string holds half of a surrogate pair"
        case .stringTooLong: "A string is too long"
        case .invalidNumber: "A number is malformed"
        case .notAnInteger: "A number has a fraction or an exponent where an integer is wanted"
        case .numberOutOfRange: "A number is out of range"
        case .typeMismatch: "A value is of another type than wanted"
        case .valueAlreadyRead: "A value was read twice"
        }
    }
}
