extension [UInt8] {
    /// Appends a scalar in a form that a JSON string may hold (RFC 8259 section 7).
    ///
    /// Escapes more than JSON demands: everything that can end a line or control a terminal, that is C1 controls, DEL,
    /// and the line and paragraph separators. A log line therefore stays one line, whatever a client sent.
    package mutating func appendEscaped(_ scalar: Unicode.Scalar) {
        switch scalar.value {
        case 0x22: append(contentsOf: [0x5c, 0x22])  // \"
        case 0x5c: append(contentsOf: [0x5c, 0x5c])  // \\
        case 0x0a: append(contentsOf: [0x5c, 0x6e])  // \n
        case 0x0d: append(contentsOf: [0x5c, 0x72])  // \r
        case 0x09: append(contentsOf: [0x5c, 0x74])  // \t
        case ..<0x20, 0x7f...0x9f, 0x2028, 0x2029:
            append(contentsOf: [0x5c, 0x75])  // \u
            for shift in [12, 8, 4, 0] { append(Hexadecimal.digit(UInt8(scalar.value >> UInt32(shift) & 0xf))) }
        case ..<0x80: append(UInt8(truncatingIfNeeded: scalar.value))
        default:
            if let encoded = Unicode.UTF8.encode(scalar) { append(contentsOf: encoded) }
        }
    }

    /// Appends text, escaped, up to about `limit` bytes; cut text ends in `…`.
    ///
    /// - Returns: whether all of it was appended.
    @discardableResult
    package mutating func appendEscaped(_ text: String, limit: Int) -> Bool {
        let end = count + limit
        for scalar in text.unicodeScalars {
            guard count < end else {
                append(contentsOf: "…".utf8)
                return false
            }
            appendEscaped(scalar)
        }
        return true
    }
}
