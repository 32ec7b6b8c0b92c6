import Accounts
import Basics
import Foundation
import Logging
import SMTPClient
import Settings

/// How a node sends mail: a queue in front of a mail server, or of standard error.
package struct MailDelivery: Mailer {
    /// Sends mail while it runs.
    package let queue: MailQueue

    /// Returns nil if no mail is sent.
    ///
    /// - Parameter output: where mail is printed in development.
    package init?(
        _ settings: MailSettings, logger: Logger, output: FileHandle = .standardError
    ) throws(NodeError) {
        guard let url = settings.url?.reveal() else { return nil }
        guard url != printedMailURL else {
            // The settings were checked before; a program could have set them.
            guard settings.environment == .development else { throw NodeError.missing("SCORECAST_ENVIRONMENT") }
            queue = MailQueue(logger: logger) { mail throws(SMTPError) in
                // A closed terminal is not a reason to fail.
                try? output.write(contentsOf: Data(Self.printed(mail).utf8))
            }
            return
        }
        guard let server = try? SMTPServer(url: url), let sender = settings.sender else {
            throw NodeError.missing("SCORECAST_MAIL_FROM")
        }
        let client = SMTPClient(server: server, sender: sender)
        queue = MailQueue(logger: logger) { mail throws(SMTPError) in try await client.send(mail) }
    }

    /// See `Mailer`.
    package func send(_ mail: Mail) {
        queue.send(OutgoingMail(to: mail.to, subject: mail.subject, text: mail.text))
    }

    /// A mail for a terminal.
    private static func printed(_ mail: OutgoingMail) -> String {
        "--- mail to \(mail.to.text)\nSubject: \(mail.subject)\n\n\(mail.text)--- end of mail\n"
    }
}
