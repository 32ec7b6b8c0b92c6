import Basics

/// A mail that is to be sent.
package struct OutgoingMail: Sendable {
    package let to: EmailAddress
    package let subject: String
    /// The text. Its lines end with a newline.
    package let text: String
    /// Random. A mail that is sent again keeps it, so that it is the same mail for those who get it.
    let id: String
    /// When it was written, in ms since 1970.
    let writtenAt: Int64

    /// A mail that is written now.
    package init(to: EmailAddress, subject: String, text: String) {
        self.to = to
        self.subject = subject
        self.text = text
        var generator = SystemRandomNumberGenerator()
        let bytes = (0..<16).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        id = Hexadecimal.text(bytes, prefix: "")
        writtenAt = WallClock.milliseconds()
    }
}
