import Basics
import Logging
import Metrics
import Reporting
import ServiceLifecycle

/// Mail that waits to be sent, in memory, one at a time, in the order in which it is due.
///
/// A mail that the server may take later is tried again, a few times. A stopping node tries every mail that waits once
/// more, and sends none after its time is over. A mail that is lost is counted; its reader asks for another.
package final class MailQueue: Service {
    /// Sends one mail.
    package typealias Delivery = @Sendable (OutgoingMail) async throws(SMTPError) -> Void

    /// The most mails that wait.
    package static let countMax = 256
    /// How often a mail is tried.
    package static let triesMax = 4
    /// The waits between tries: a relay that was restarted is back, and a token is good for much longer.
    package static let pauses = Backoff(base: .seconds(15), cap: .seconds(60), jitter: .equal)

    private let deliver: Delivery
    private let pauses: Backoff
    private let waiting: MailWaitingList
    private let metrics: MailMetrics
    private let trouble: TroubleLog
    private let logger: Logger

    /// - Parameters:
    ///   - pauses: the waits between tries; shorter ones for tests.
    ///   - metrics: where its metrics go.
    ///   - deliver: sends one mail.
    package init(
        logger: Logger, pauses: Backoff = pauses, metrics: any MetricsFactory = MetricsSystem.factory,
        deliver: @escaping Delivery
    ) {
        self.deliver = deliver
        self.pauses = pauses
        self.metrics = MailMetrics(metrics)
        self.logger = logger
        waiting = MailWaitingList(countMax: Self.countMax)
        trouble = TroubleLog(warning: "Mail is not taken", notice: "Mail is taken again", logger: logger)
    }

    /// Takes a mail, and returns at once. If too many wait, or the node has stopped, the mail is dropped.
    package func send(_ mail: OutgoingMail) {
        guard waiting.add(mail) else {
            metrics.dropped(.full)
            return trouble.recordFailure("too many mails wait")
        }
        metrics.queued(waiting.count)
    }

    /// Whether a mail is on its way now.
    package var isSending: Bool { waiting.isSending }

    /// Sends mail until the node stops, and then what waits.
    package func run() async {
        await withGracefulShutdownHandler {
            while let entry = await waiting.next() { await attempt(entry) }
        } onGracefulShutdown: {
            self.waiting.stop()
        }
        let left = waiting.close()
        for _ in 0..<left { metrics.dropped(.stopped) }
        metrics.waiting(0)
        if left > 0 { logger.warning("Mail was not sent before the node stopped", metadata: ["count": "\(left)"]) }
    }

    private func attempt(_ entry: MailWaitingList.Entry) async {
        do throws(SMTPError) {
            try await deliver(entry.mail)
            metrics.sent()
            waiting.finish()
            trouble.recordSuccess()
        } catch {
            failed(entry, error)
        }
        metrics.waiting(waiting.count)
    }

    private func failed(_ entry: MailWaitingList.Entry, _ error: SMTPError) {
        metrics.failed(error.kind)
        let tries = entry.tries + 1
        let mayRetry = error.isWorthRetry && tries < Self.triesMax
        let isKept = mayRetry && waiting.putBack(entry, tries: tries, after: pauses.wait(failures: tries))
        if !isKept {
            waiting.finish()
            metrics.dropped(.failed)
        }
        trouble.recordFailure(error, ["tries": "\(tries)", "is_tried_again": "\(isKept)"])
    }
}
