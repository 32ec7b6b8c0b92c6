/// An e-mail address in the form that nearly all have: a dot-atom, `@`, and a name of a host with a dot (RFC 5321
/// without quoted names and literals). So none can hold a line break or a second address.
package struct EmailAddress: Sendable, Equatable {
    /// The address as its user wrote it.
    package let text: String
    /// The form in which addresses are compared.
    package let key: String

    /// The most characters (RFC 5321, 4.5.3.1).
    package static let charactersMax = 254
    /// The form, in words for people.
    package static let form = "must be an e-mail address of at most \(charactersMax) characters of ASCII"

    private static let localCharactersMax = 64
    private static let labelCharactersMax = 63

    /// The address of a text; nil if the text does not have the form of one.
    package init?(_ text: String) {
        let parts = text.utf8.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
        guard text.utf8.count <= Self.charactersMax, parts.count == 2,
            (1...Self.localCharactersMax).contains(parts[0].count), Self.isLocal(parts[0]), Self.isHost(parts[1])
        else { return nil }
        self.text = text
        key = text.lowercased()
    }

    private static func isLocal(_ name: Substring.UTF8View) -> Bool {
        name.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy { atom in
            !atom.isEmpty && atom.allSatisfy { isAlphanumeric($0) || "!#$%&'*+-/=?^_`{|}~".utf8.contains($0) }
        }
    }

    private static func isHost(_ name: Substring.UTF8View) -> Bool {
        let labels = name.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return labels.count >= 2
            && labels.allSatisfy { label in
                let hyphen = UInt8(ascii: "-")
                return (1...labelCharactersMax).contains(label.count) && label.first != hyphen && label.last != hyphen
                    && label.allSatisfy { isAlphanumeric($0) || $0 == hyphen }
            }
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }
}
