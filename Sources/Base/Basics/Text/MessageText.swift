extension StringProtocol {
    /// Without white space, or other padding, at both ends.
    package func trimmed(where isPadding: (Character) -> Bool = { $0.isWhitespace }) -> String {
        let head = drop(while: isPadding)
        guard let last = head.lastIndex(where: { !isPadding($0) }) else { return "" }
        return String(head[...last])
    }

    /// On one line: control characters and everything else that can move the cursor are escaped, as in JSON.
    package var escapedForMessage: String {
        var bytes: [UInt8] = []
        for scalar in unicodeScalars { bytes.appendEscaped(scalar) }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// On one line, with quotes and backslashes as they are: fit for a terminal, not for a string in JSON.
    package var onOneLine: String {
        unicodeScalars.map { $0 == "\"" || $0 == "\\" ? String($0) : String($0).escapedForMessage }.joined()
    }

    /// In quotes, on one line, and not longer than 64 scalars: fit for a message to people.
    package var quotedForMessage: String {
        let limit = 64
        let text = String(String.UnicodeScalarView(unicodeScalars.prefix(limit))).escapedForMessage
        return unicodeScalars.count > limit ? "\"\(text)…\"" : "\"\(text)\""
    }
}

extension String {
    /// With spaces after it up to `width` characters.
    package func padded(to width: Int) -> String {
        self + String(repeating: " ", count: Swift.max(0, width - count))
    }
}
