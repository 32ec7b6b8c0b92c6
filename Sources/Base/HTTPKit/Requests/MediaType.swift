/// Media types of requests.
package enum MediaType {
    /// Refuses a body that is not JSON as it stands: of another type, or compressed (RFC 9110, 15.5.16).
    ///
    /// - Parameters:
    ///   - type: `Content-Type`.
    ///   - hasContentCoding: whether `Content-Encoding` holds anything but `identity`.
    package static func requireJSON(_ type: String?, hasContentCoding: Bool) throws(APIError) {
        guard isJSON(type) else { throw .unsupportedMediaType }
        guard !hasContentCoding else { throw .unsupportedContentCoding }
    }

    /// Whether a `Content-Type` is `application/json`, with or without parameters.
    static func isJSON(_ value: String?) -> Bool {
        guard let value else { return false }
        let type = value.utf8.prefix { $0 != UInt8(ascii: ";") }
        let expected: StaticString = "application/json"
        var trimmed = type[...]
        while let last = trimmed.last, last == UInt8(ascii: " ") || last == UInt8(ascii: "\t") { trimmed.removeLast() }
        guard trimmed.count == expected.utf8CodeUnitCount else { return false }
        return expected.withUTF8Buffer { expected in
            // Media types are compared without regard to case; `|0x20` folds letters and leaves `/` apart from its
            // partner.
            zip(trimmed, expected).allSatisfy { $0 | 0x20 == $1 | 0x20 }
        }
    }
}
