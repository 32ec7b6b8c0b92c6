/// Parts of URLs.
public enum QueryText {
    /// A text as a value of a query: all bytes but letters, digits and `-._~` are encoded (RFC 3986 section 2.3).
    public static func value(_ text: String) -> String {
        text.utf8.map { byte in
            let isPlain =
                (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
                || "-._~".utf8.contains(byte)
            let digits = String(byte, radix: 16, uppercase: true)
            return isPlain ? String(UnicodeScalar(byte)) : "%" + (digits.count == 1 ? "0" : "") + digits
        }
        .joined()
    }

    /// A path with a query of those parameters that have a value.
    public static func path(_ path: String, _ parameters: [(name: String, value: String?)]) -> String {
        let given = parameters.compactMap { name, text in text.map { "\(name)=\(value($0))" } }
        return given.isEmpty ? path : "\(path)?\(given.joined(separator: "&"))"
    }
}
