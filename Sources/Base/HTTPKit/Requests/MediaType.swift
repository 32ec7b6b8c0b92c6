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
    package static func isJSON(_ value: String?) -> Bool {
        guard let value else { return false }
        let type = Substring(value.utf8.prefix { $0 != UInt8(ascii: ";") })
        return type.withoutSpace.isField("application/json")
    }
}
