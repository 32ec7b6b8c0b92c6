/// Postgres' text form of one-dimensional arrays (PostgreSQL 8.15.6): `{a,"b \"c\"",NULL}`.
enum ArrayText {
    /// Every element in quotes, so that no element can look like NULL, like a brace or like a separator.
    static func encode(_ elements: [String?]) -> String {
        let (quote, backslash) = (UInt8(ascii: "\""), UInt8(ascii: "\\"))
        var text = [UInt8(ascii: "{")]
        for (index, element) in elements.enumerated() {
            if index > 0 { text.append(UInt8(ascii: ",")) }
            guard let element else {
                text.append(contentsOf: "NULL".utf8)
                continue
            }
            text.append(quote)
            if element.utf8.contains(where: { $0 == quote || $0 == backslash }) {
                for byte in element.utf8 {
                    if byte == quote || byte == backslash { text.append(backslash) }
                    text.append(byte)
                }
            } else {
                text.append(contentsOf: element.utf8)
            }
            text.append(quote)
        }
        text.append(UInt8(ascii: "}"))
        return String(decoding: text, as: UTF8.self)
    }

    /// The elements of an array, or `nil` if the text is not a one-dimensional array with plain bounds.
    static func decode(_ text: String) -> [String?]? {
        var parser = Parser(rest: text.utf8[...])
        return parser.array()
    }

    private struct Parser {
        var rest: Substring.UTF8View

        mutating func array() -> [String?]? {
            guard take(UInt8(ascii: "{")) else { return nil }
            var elements: [String?] = []
            if take(UInt8(ascii: "}")) { return rest.isEmpty ? elements : nil }
            while true {
                guard let element = element() else { return nil }
                elements.append(element)
                if take(UInt8(ascii: ",")) { continue }
                return take(UInt8(ascii: "}")) && rest.isEmpty ? elements : nil
            }
        }

        /// One element: the outer optional says whether there is one, the inner one whether it is NULL.
        private mutating func element() -> String?? {
            if take(UInt8(ascii: "\"")) { return quoted().map { .some($0) } }
            var bytes: [UInt8] = []
            while let byte = rest.first, byte != UInt8(ascii: ","), byte != UInt8(ascii: "}") {
                // A brace here opens a second dimension, which no caller asks for.
                guard byte != UInt8(ascii: "{"), byte != UInt8(ascii: "\"") else { return nil }
                rest.removeFirst()
                bytes.append(byte)
            }
            guard !bytes.isEmpty else { return nil }
            let text = String(decoding: bytes, as: UTF8.self)
            return .some(text == "NULL" ? nil : text)
        }

        private mutating func quoted() -> String? {
            var bytes: [UInt8] = []
            while let byte = rest.popFirst() {
                if byte == UInt8(ascii: "\"") { return String(decoding: bytes, as: UTF8.self) }
                if byte == UInt8(ascii: "\\") {
                    guard let escaped = rest.popFirst() else { return nil }
                    bytes.append(escaped)
                } else {
                    bytes.append(byte)
                }
            }
            return nil
        }

        private mutating func take(_ byte: UInt8) -> Bool {
            guard rest.first == byte else { return false }
            rest.removeFirst()
            return true
        }
    }
}
