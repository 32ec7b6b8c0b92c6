import Telemetry

extension MailModule {
    static let metrics: [MetricDescription] = [
        .init(label: "scorecast_mail_queued_total", help: "Mails that were to be sent."),
        .init(label: "scorecast_mail_sent_total", help: "Mails that the mail server took."),
        .init(label: "scorecast_mail_failures_total", help: "Tries to send a mail that failed, by kind."),
        .init(label: "scorecast_mail_dropped_total", help: "Mails that were given up, by reason."),
        .init(label: "scorecast_mail_waiting", help: "Mails that wait to be sent, or are being sent."),
        .init(
            label: "scorecast_mail_requests_total",
            help: "Requests for mail with a token, by purpose and outcome; most of those for nobody are guesses."),
    ]
}
