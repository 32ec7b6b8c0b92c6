/// The text format of COPY (PostgreSQL, COPY, "Text Format"): fields between tabs, one row to a line, `\N` for NULL.
enum CopyText {
    /// Appends one row to `buffer`.
    /// - Throws: `.misuse` for a row without fields (which would read as a row with one empty field) and for values
    ///   that have no text form.
    static func append(
        _ row: [PostgresValue], to buffer: inout [UInt8], at place: PostgresError.Place
    ) throws(PostgresError) {
        guard !row.isEmpty else { throw .misuse("A row for COPY has no fields.", at: place) }
        for (index, value) in row.enumerated() {
            if index > 0 { buffer.append(UInt8(ascii: "\t")) }
            if case .text(let text) = value, appendPlain(text, to: &buffer) { continue }
            if let text = try value.encoded(at: place) {
                if !appendPlain(text, to: &buffer) { appendEscaped(text, to: &buffer) }
            } else {
                buffer.append(UInt8(ascii: "\\"))
                buffer.append(UInt8(ascii: "N"))
            }
        }
        buffer.append(UInt8(ascii: "\n"))
    }

    /// Appends a text in one piece if it has nothing to escape and no NUL character, as most do.
    ///
    /// - Returns: whether it did.
    private static func appendPlain(_ text: String, to buffer: inout [UInt8]) -> Bool {
        text.utf8.withContiguousStorageIfAvailable { bytes in
            guard bytes.allSatisfy({ $0 > UInt8(ascii: "\r") && $0 != UInt8(ascii: "\\") }) else { return false }
            buffer.append(contentsOf: bytes)
            return true
        } ?? false
    }

    /// Escapes what has a meaning in the format: the backslash itself (which also disarms `\.`, the end mark, and
    /// `\N`), the separator, and both characters that may end a line.
    private static func appendEscaped(_ text: String, to buffer: inout [UInt8]) {
        for byte in text.utf8 {
            let letter: UInt8? =
                switch byte {
                case UInt8(ascii: "\\"): UInt8(ascii: "\\")
                case UInt8(ascii: "\t"): UInt8(ascii: "t")
                case UInt8(ascii: "\n"): UInt8(ascii: "n")
                case UInt8(ascii: "\r"): UInt8(ascii: "r")
                default: nil
                }
            if let letter {
                buffer.append(UInt8(ascii: "\\"))
                buffer.append(letter)
            } else {
                buffer.append(byte)
            }
        }
    }
}
