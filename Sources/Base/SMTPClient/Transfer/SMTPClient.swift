import Foundation
import Synchronization

/// Sends mail to one server, by libcurl.
///
/// libcurl blocks, so a transfer has a thread of its own for as long as it lasts. Each mail has a connection of its
/// own: servers close idle ones, and mail is rare.
package struct SMTPClient: Sendable {
    /// How long a connection may take, with TLS.
    package static let connectTimeout = Duration.seconds(10)
    /// How long a mail may take.
    package static let timeout = Duration.seconds(30)

    private let server: SMTPServer
    private let sender: MailSender
    private let times: (connect: Duration, whole: Duration)

    /// - Parameters:
    ///   - server: takes the mail.
    ///   - sender: who the mail comes from.
    ///   - times: shorter ones for tests.
    package init(
        server: SMTPServer, sender: MailSender,
        times: (connect: Duration, whole: Duration) = (connectTimeout, timeout)
    ) {
        self.server = server
        self.sender = sender
        self.times = times
    }

    /// Sends a mail. Returns when the server has taken it. If the calling task is cancelled, the connection is closed
    /// within about a second.
    package func send(_ mail: OutgoingMail) async throws(SMTPError) {
        let transfer = SMTPTransfer(
            server: server, from: sender.address, to: mail.to, bytes: MessageFormat.bytes(of: mail, from: sender),
            connectTimeout: times.connect, timeout: times.whole)
        let outcome = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                Thread {
                    Thread.current.name = "mail"
                    continuation.resume(returning: transfer.run())
                }.start()
            }
        } onCancel: {
            transfer.cancel()
        }
        try outcome.get()
    }
}
