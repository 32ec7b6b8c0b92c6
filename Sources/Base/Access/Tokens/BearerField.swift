/// The value of `Authorization` that carries a bearer token (RFC 6750, 2.1).
package enum BearerField {
    /// The token: what comes after `Bearer`, in any case, and one or more spaces (RFC 9110, 11.4). Nil for other
    /// schemes, which are somebody else's, such as a proxy's.
    package static func token(in value: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8>? {
        let scheme: StaticString = "bearer"
        let length = scheme.utf8CodeUnitCount
        guard value.count > length, value[length] == UInt8(ascii: " "),
            scheme.withUTF8Buffer({ zip(value, $0).allSatisfy { $0 | 0x20 == $1 } })
        else { return nil }
        var token = value[length...]
        while token.first == UInt8(ascii: " ") { token.removeFirst() }
        // White space after a field's value is no part of it (RFC 9110, 5.5); the parser leaves it there.
        while let last = token.last, last == UInt8(ascii: " ") || last == UInt8(ascii: "\t") { token.removeLast() }
        return UnsafeBufferPointer(rebasing: token)
    }
}
