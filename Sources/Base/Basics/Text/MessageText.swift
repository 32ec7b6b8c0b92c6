extension StringProtocol {
    /// Without white space at both ends.
    package func trimmed() -> String {
        var rest = self[...]
        while let first = rest.first, first.isWhitespace { rest = rest.dropFirst() }
        while let last = rest.last, last.isWhitespace { rest = rest.dropLast() }
        return String(rest)
    }

    /// On one line: control characters and what moves the cursor or the line are escaped, as in JSON.
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
    /// With spaces behind it up to `width` characters.
    package func padded(to width: Int) -> String {
        self + String(repeating: " ", count: Swift.max(0, width - count))
    }
}
