extension JSONReader {
    /// Reads a string of at most `maxBytes` bytes of UTF-8 (counted after decoding escapes).
    public mutating func readString(maxBytes: Int) throws(JSONError) -> String {
        try readText(maxBytes: maxBytes).string
    }

    /// Reads a string without copying it. This allocates nothing, but the result must not outlive the input.
    public mutating func readText(maxBytes: Int = .max) throws(JSONError) -> JSONText {
        try begin(.string)
        return try scanString(maxBytes: maxBytes)
    }

    /// Checks the string whose opening quote is at `position`, and moves `position` past its closing quote.
    mutating func scanString(maxBytes: Int) throws(JSONError) -> JSONText {
        let start = position + 1
        var cursor = start
        /// The number of bytes by which decoding the escapes shortens the string.
        var saved = 0
        while true {
            cursor = bytes.endOfPlainRun(from: cursor)
            guard cursor < bytes.count else { throw JSONError(.unexpectedEnd, at: cursor) }
            let byte = bytes[cursor]
            if byte == Byte.quote { break }
            if byte == Byte.backslash {
                switch JSONEscape.scan(bytes, at: cursor) {
                case .refused(let kind): throw JSONError(kind, at: cursor)
                case .escape(let escape):
                    saved += escape.length - escape.scalar.utf8.count
                    cursor += escape.length
                }
            } else if byte < 0x20 {
                throw JSONError(.controlCharacter, at: cursor)
            } else {
                guard let length = UTF8Check.sequenceLength(bytes, at: cursor) else {
                    throw JSONError(.invalidUTF8, at: cursor)
                }
                cursor += length
            }
        }
        let raw = UnsafeRawBufferPointer(rebasing: bytes[start..<cursor])
        guard raw.count - saved <= maxBytes else { throw JSONError(.stringTooLong, at: position) }
        position = cursor + 1
        // Every escape is longer than its character, so `saved` is zero only if there are no escapes.
        return JSONText(raw: raw, hasEscapes: saved != 0, byteCount: raw.count - saved)
    }
}
