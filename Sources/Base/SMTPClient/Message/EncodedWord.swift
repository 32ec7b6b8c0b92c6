import Basics

/// Text of a header field (RFC 2047).
enum EncodedWord {
    /// Bytes of text in one word: with its frame and the name of a field, a line is not longer than 76 characters.
    private static let bytesMax = 39

    /// The text with spaces for control characters: as it is if it is visible ASCII and spaces, short, and does not
    /// look encoded; otherwise as encoded words in base64, each on a line of its own and none with a part of a
    /// character.
    static func text(_ original: String) -> String {
        let text = String(
            String.UnicodeScalarView(
                original.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }))
        let isPlain = text.utf8.allSatisfy { (0x20...0x7e).contains($0) } && text.utf8.count <= 64
        guard !isPlain || text.contains("=?") else { return text }
        var words: [[UInt8]] = [[]]
        for scalar in text.unicodeScalars {
            let bytes = Array(String(scalar).utf8)
            if words[words.count - 1].count + bytes.count > bytesMax { words.append([]) }
            words[words.count - 1] += bytes
        }
        return words.map { word in "=?utf-8?B?\(word.withUnsafeBytes { Base64.encode($0) })?=" }
            .joined(separator: "\r\n ")
    }
}
