import Metrics
import NIOCore

/// Counts on one connection. A command costs an integer addition; each periodic check passes the counts on. Belongs to
/// the connection's event loop.
package final class RedisConnectionMetrics {
    var sent = 0
    var refused = 0
    var timedOut = 0
    /// Whether the next reply's time is to be recorded: one for each check, since a histogram entry costs as much as
    /// the rest of a command.
    private(set) var wantsSample = true

    private let pendingGauge: Gauge
    private let sentCounter: Counter
    private let refusedCounter: Counter
    private let timedOutCounter: Counter
    private let replyTimer: Timer

    package init(client: String, connection: Int) {
        let labels = [("client", client)]
        pendingGauge = Gauge(
            label: "scorecast_redis_pending_commands", dimensions: labels + [("connection", String(connection))])
        sentCounter = Counter(label: "scorecast_redis_commands_total", dimensions: labels)
        refusedCounter = Counter(label: "scorecast_redis_commands_refused_total", dimensions: labels)
        timedOutCounter = Counter(label: "scorecast_redis_commands_timed_out_total", dimensions: labels)
        replyTimer = Timer(label: "scorecast_redis_reply_seconds", dimensions: labels)
    }

    /// Records how long a reply took, a sample.
    func record(_ amount: TimeAmount) {
        wantsSample = false
        replyTimer.recordNanoseconds(amount.nanoseconds)
    }

    /// Passes on the counts since the last report.
    func report(pending: Int) {
        pendingGauge.record(pending)
        wantsSample = true
        pass(&sent, to: sentCounter)
        pass(&refused, to: refusedCounter)
        pass(&timedOut, to: timedOutCounter)
    }

    private func pass(_ count: inout Int, to counter: Counter) {
        guard count > 0 else { return }
        counter.increment(by: count)
        count = 0
    }
}
