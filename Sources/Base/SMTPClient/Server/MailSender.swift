import Basics

/// Who mail comes from: `name@example.com`, or `The Game <name@example.com>`.
package struct MailSender: Sendable {
    /// The address, to which errors are reported.
    package let address: EmailAddress
    /// The name to show; nil if there is none.
    package let name: String?

    /// The longest name, in characters.
    private static let nameMax = 64
    /// The form, as the rest of a sentence.
    package static let refusal = "is neither name@example.com nor Some Name <name@example.com>"

    /// The sender of a text; nil if the text has neither form.
    package init?(_ text: String) {
        guard text.last == ">", let open = text.lastIndex(of: "<") else {
            guard let address = EmailAddress(text) else { return nil }
            self.address = address
            name = nil
            return
        }
        let name = text[..<open].trimmed()
        guard let address = EmailAddress(String(text[text.index(after: open)...].dropLast())),
            (1...Self.nameMax).contains(name.count),
            name.unicodeScalars.allSatisfy({ $0.value >= 0x20 && !(0x7f...0x9f).contains($0.value) }),
            !name.contains(where: { "<>\"\\".contains($0) })
        else { return nil }
        self.address = address
        self.name = name
    }

    /// As it was written.
    package var text: String { name.map { "\($0) <\(address.text)>" } ?? address.text }
}
