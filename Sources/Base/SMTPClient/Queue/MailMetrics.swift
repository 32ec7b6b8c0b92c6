import Metrics

/// The metrics of mail.
struct MailMetrics: Sendable {
    /// Why a mail was given up.
    enum Loss: String, CaseIterable {
        /// Too many waited.
        case full
        /// Refused for good, or tried often enough.
        case failed
        /// The node stopped.
        case stopped
    }

    private let queuedTotal: Counter
    private let sentTotal: Counter
    private let waitingNow: Gauge
    private let failures: [SMTPError.Kind: Counter]
    private let losses: [Loss: Counter]

    init(_ factory: any MetricsFactory) {
        queuedTotal = Counter(label: "scorecast_mail_queued_total", factory: factory)
        sentTotal = Counter(label: "scorecast_mail_sent_total", factory: factory)
        waitingNow = Gauge(label: "scorecast_mail_waiting", factory: factory)
        let counters = SMTPError.Kind.allCases.map { kind in
            let labels = [("kind", kind.rawValue)]
            return (kind, Counter(label: "scorecast_mail_failures_total", dimensions: labels, factory: factory))
        }
        failures = Dictionary(uniqueKeysWithValues: counters)
        let lost = Loss.allCases.map { reason in
            let labels = [("reason", reason.rawValue)]
            return (reason, Counter(label: "scorecast_mail_dropped_total", dimensions: labels, factory: factory))
        }
        losses = Dictionary(uniqueKeysWithValues: lost)
        waitingNow.record(0)
    }

    func queued(_ count: Int) {
        queuedTotal.increment()
        waitingNow.record(count)
    }

    func sent() { sentTotal.increment() }
    func waiting(_ count: Int) { waitingNow.record(count) }
    func failed(_ kind: SMTPError.Kind) { failures[kind]?.increment() }
    func dropped(_ reason: Loss) { losses[reason]?.increment() }
}
