/// Media types of requests.
enum MediaType {
    /// Whether a `Content-Type` is `application/json`, with or without parameters.
    static func isJSON(_ value: String?) -> Bool {
        guard let value else { return false }
        let type = value.utf8.prefix { $0 != UInt8(ascii: ";") }
        let expected: StaticString = "application/json"
        var trimmed = type[...]
        while let last = trimmed.last, last == UInt8(ascii: " ") || last == UInt8(ascii: "\t") { trimmed.removeLast() }
        guard trimmed.count == expected.utf8CodeUnitCount else { return false }
        return expected.withUTF8Buffer { expected in
            // Media types are compared without regard to case; `|0x20` folds letters and leaves `/` apart from its partner.
            zip(trimmed, expected).allSatisfy { $0 | 0x20 == $1 | 0x20 }
        }
    }
}
