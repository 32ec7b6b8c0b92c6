import Basics
import MetricsTestKit
import SMTPClient
import ServiceLifecycle
import Synchronization
import TestSupport
import Testing

@Suite("The queue of mail")
struct MailQueueTests {
    private static func mail(_ name: String) throws -> OutgoingMail {
        OutgoingMail(to: try #require(EmailAddress("\(name)@example.com")), subject: "x", text: "x\n")
    }

    /// Counts what it is given, and fails as it is told.
    private final class Post: Sendable {
        private let seen = Mutex<[String]>([])
        let fails: @Sendable (String, Int) -> SMTPError?

        init(fails: @escaping @Sendable (String, Int) -> SMTPError? = { _, _ in nil }) { self.fails = fails }

        var names: [String] { seen.withLock { $0 } }

        func deliver(_ mail: OutgoingMail) throws(SMTPError) {
            let name = String(mail.to.text.prefix { $0 != "@" })
            let tries = seen.withLock { seen in
                seen.append(name)
                return seen.count { $0 == name }
            }
            if let error = fails(name, tries) { throw error }
        }
    }

    private static let quick = Backoff(base: .milliseconds(1), cap: .milliseconds(5))
    private static let later = SMTPError(.deferred, reply: 450, reason: "later")

    private static func queue(
        _ post: Post, _ metrics: TestMetrics = TestMetrics(), log: RecordedLog = RecordedLog(), pauses: Backoff = quick
    ) -> MailQueue {
        MailQueue(logger: log.logger, pauses: pauses, metrics: metrics) { mail throws(SMTPError) in
            try post.deliver(mail)
        }
    }

    @Test("a failure of the moment is tried again, four times in all, and one for good never")
    func tries() async throws {
        let post = Post { name, tries in
            switch name {
            case "later": tries <= 3 ? Self.later : nil
            case "busy": Self.later
            case "never": SMTPError(.refused, reply: 550, reason: "no")
            default: nil
            }
        }
        let (metrics, log) = (TestMetrics(), RecordedLog())
        let queue = Self.queue(post, metrics, log: log)
        try await withRunning({ await queue.run() }) {
            for name in ["later", "busy", "never", "fine"] { queue.send(try Self.mail(name)) }
            try await eventually("all are done") { post.names.count >= 10 }
        }
        let counts = Dictionary(grouping: post.names, by: \.self).mapValues(\.count)
        #expect(counts == ["later": 4, "busy": 4, "never": 1, "fine": 1])
        #expect(try metrics.expectCounter("scorecast_mail_sent_total").totalValue == 2)
        #expect(try metrics.expectCounter("scorecast_mail_queued_total").totalValue == 4)
        let deferred = try metrics.expectCounter("scorecast_mail_failures_total", [("kind", "deferred")])
        #expect(deferred.totalValue == 7)
        #expect(try metrics.expectCounter("scorecast_mail_dropped_total", [("reason", "failed")]).totalValue == 2)
        #expect(!log.text.isEmpty && !log.text.contains("example.com"))
    }

    @Test("more than 256 are not kept")
    func full() async throws {
        let metrics = TestMetrics()
        let queue = Self.queue(Post(), metrics)
        for _ in 0..<(MailQueue.countMax + 3) { queue.send(try Self.mail("x")) }
        #expect(try metrics.expectCounter("scorecast_mail_dropped_total", [("reason", "full")]).totalValue == 3)
    }

    @Test("a stopping node tries all that waits once more")
    func drains() async throws {
        let post = Post { name, tries in name == "later" && tries == 1 || name == "busy" ? Self.later : nil }
        let metrics = TestMetrics()
        let queue = Self.queue(post, metrics, pauses: Backoff(base: .seconds(600), cap: .seconds(600), jitter: .equal))
        let group = ServiceGroup(
            configuration: .init(services: [.init(service: queue)], logger: RecordedLog().logger))
        let run = Task { try await group.run() }
        for name in ["later", "busy"] { queue.send(try Self.mail(name)) }
        try await eventually("both were tried") { post.names.count == 2 }
        for index in 0..<20 { queue.send(try Self.mail("n\(index)")) }
        await group.triggerGracefulShutdown()
        try await run.value
        #expect(post.names.count == 24)
        #expect(try metrics.expectCounter("scorecast_mail_sent_total").totalValue == 21)
        #expect(try metrics.expectCounter("scorecast_mail_dropped_total", [("reason", "failed")]).totalValue == 1)
    }

    @Test("one mail that waits for its next try holds up no other")
    func order() async throws {
        let post = Post { name, _ in name == "busy" ? Self.later : nil }
        let queue = Self.queue(post, pauses: Backoff(base: .seconds(600), cap: .seconds(600), jitter: .equal))
        try await withRunning({ await queue.run() }) {
            queue.send(try Self.mail("busy"))
            try await eventually("it was tried") { post.names == ["busy"] }
            queue.send(try Self.mail("fine"))
            try await eventually("the other is sent") { post.names == ["busy", "fine"] }
        }
    }

    @Test("what the time of a stop does not reach is counted and told")
    func cut() async throws {
        let (metrics, log) = (TestMetrics(), RecordedLog())
        let queue = MailQueue(logger: log.logger, metrics: metrics) { _ throws(SMTPError) in
            try? await Task.sleep(for: .seconds(600))
            throw SMTPError(.cancelled, reason: "cancelled")
        }
        for index in 0..<3 { queue.send(try Self.mail("n\(index)")) }
        let run = Task { await queue.run() }
        try await eventually("one is being sent") { queue.isSending }
        run.cancel()
        await run.value
        #expect(try metrics.expectCounter("scorecast_mail_dropped_total", [("reason", "stopped")]).totalValue == 2)
        #expect(log.lines.contains { $0.message == "Mail was not sent before the node stopped" })
    }
}
