import Basics

/// Writes a mail in the form in which it is sent (RFC 5322 and 2045): plain text in UTF-8, lines that end with CRLF.
///
/// No text can add a header field: addresses are of a form that has no control characters, and all other values are
/// encoded (RFC 2047) if they hold anything but visible ASCII and spaces.
enum MessageFormat {
    /// The longest line without its end, in bytes (RFC 5322, 2.1.1).
    private static let lineBytesMax = 998

    /// The bytes of a mail.
    static func bytes(of mail: OutgoingMail, from sender: MailSender) -> [UInt8] {
        let lines = textLines(mail.text)
        let isPlain = lines.allSatisfy { line in
            line.utf8.count <= lineBytesMax && line.utf8.allSatisfy { (0x20...0x7e).contains($0) || $0 == 0x09 }
        }
        var text = field("Date", date(mail.writtenAt))
        text += field("Message-ID", "<\(mail.id)@\(sender.address.domain)>")
        text += field("From", mailbox(sender))
        text += field("To", mail.to.text)
        text += field("Subject", EncodedWord.text(mail.subject))
        text += field("MIME-Version", "1.0")
        text += field("Content-Type", "text/plain; charset=utf-8")
        text += field("Content-Transfer-Encoding", isPlain ? "7bit" : "quoted-printable")
        // Nobody answers it by a machine (RFC 3834).
        text += field("Auto-Submitted", "auto-generated")
        text += "\r\n"
        for line in lines { text += (isPlain ? String(line) : QuotedPrintable.text(line)) + "\r\n" }
        return Array(text.utf8)
    }

    private static func field(_ name: String, _ value: String) -> String { "\(name): \(value)\r\n" }

    /// The time as RFC 5322, 3.3 wants it; `GMT` is its obsolete form.
    private static func date(_ milliseconds: Int64) -> String {
        HTTPDate.text(seconds: milliseconds / 1000).dropLast(3) + "+0000"
    }

    private static func mailbox(_ sender: MailSender) -> String {
        guard let name = sender.name else { return sender.address.text }
        let isASCII = name.utf8.allSatisfy { (0x20...0x7e).contains($0) }
        // Quotes and backslashes are not in a name.
        return (isASCII ? "\"\(name)\" " : EncodedWord.text(name) + "\r\n ") + "<\(sender.address.text)>"
    }

    /// The lines, however they end: a lone CR or LF must not be sent (RFC 5321, 2.3.8).
    private static func textLines(_ text: String) -> [Substring] {
        var lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r" || $0 == "\r\n" }
        if lines.last?.isEmpty == true { lines.removeLast() }
        return lines
    }
}
