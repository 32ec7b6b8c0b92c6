import Basics
import Logging
import Metrics
import Reporting
import ServiceLifecycle
import Synchronization

/// Writes the audit log, independently of requests: recording an entry takes a moment under a lock and waits for
/// nothing. While the store is unavailable, entries are kept up to a bound.
package final class AuditRecorder: AuditLog, Service {
    /// The settings of a recorder.
    package struct Settings: Sendable {
        /// The most entries that wait, each of some hundred bytes.
        package var entriesMax = 4096
        /// The most entries in one statement.
        package var batchMax = 256
        /// The time from one write to the next, with a jitter of ±20 %.
        package var interval = Duration.seconds(1)
        /// The wait after a failure.
        package var backoff = Backoff(base: .milliseconds(250), cap: .seconds(10), jitter: .equal)
        /// How long a stop may go on writing; a statement that has begun is waited for beyond it.
        package var stopTimeout = Duration.seconds(2)
        /// Refusals of one actor that are written, so that a client that is refused as fast as it can ask does not
        /// fill the table.
        package var refusals = RateLimit(count: 30, periodMilliseconds: 60_000)

        /// The defaults.
        package init() {}
    }

    private struct State {
        var queue: AuditQueue
        let refusals: KeyedLimiter<String>
    }

    private let store: any AuditStore
    private let settings: Settings
    private let logger: Logger
    private let trouble: TroubleLog
    private let state: Mutex<State>
    private let written: Counter
    private let dropped: Counter
    private let waiting: Gauge

    /// - Parameters:
    ///   - store: where the log is kept.
    ///   - metrics: the factory of the metrics.
    package init(
        store: any AuditStore, settings: Settings = Settings(), logger: Logger,
        metrics: any MetricsFactory = MetricsSystem.factory
    ) {
        self.store = store
        self.settings = settings
        self.logger = logger
        trouble = TroubleLog(
            warning: "The audit log cannot be written, entries wait", notice: "The audit log is written again",
            logger: logger)
        state = Mutex(
            State(
                queue: AuditQueue(entriesMax: settings.entriesMax), refusals: KeyedLimiter(limit: settings.refusals)))
        written = Counter(label: "scorecast_audit_log_entries_total", dimensions: [], factory: metrics)
        dropped = Counter(label: "scorecast_audit_log_entries_dropped_total", dimensions: [], factory: metrics)
        waiting = Gauge(label: "scorecast_audit_log_entries_waiting", dimensions: [], factory: metrics)
    }

    /// Records an entry, on any thread.
    package func record(_ entry: AuditEntry) {
        let (isTaken, count) = state.withLock { state in
            let isTooMuch =
                entry.outcome == .refused && state.refusals.admit(entry.actor, now: SteadyTime.microseconds) != nil
            return (!isTooMuch && state.queue.add(entry), state.queue.count)
        }
        if !isTaken { dropped.increment() }
        waiting.record(count)
    }

    /// Writes until graceful shutdown, and then writes the rest within `stopTimeout`.
    package func run() async throws {
        var failures = 0
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            failures = await write(until: nil) ? 0 : failures + 1
            try? await cancelWhenGracefulShutdown { [wait = pause(afterFailures: failures)] in
                try await Task.sleep(for: wait)
            }
        }
        _ = await write(until: .now + settings.stopTimeout)
        let lost = state.withLock { $0.queue.count }
        guard lost > 0 else { return }
        dropped.increment(by: lost)
        logger.warning("Entries of the audit log were dropped when the node stopped", metadata: ["entries": "\(lost)"])
    }

    private func pause(afterFailures failures: Int) -> Duration {
        guard failures > 0 else { return settings.interval * Double.random(in: 0.8...1.2) }
        return settings.backoff.wait(failures: failures)
    }

    /// Writes everything that waits, batch after batch, until the deadline, or until shutdown if there is none. Returns
    /// false if a batch failed.
    private func write(until deadline: ContinuousClock.Instant?) async -> Bool {
        while deadline.map({ .now < $0 }) ?? !Task.isShuttingDownGracefully {
            let batch = state.withLock { $0.queue.take(upTo: settings.batchMax) }
            guard !batch.isEmpty else { break }
            do {
                try await store.add(batch)
                trouble.recordSuccess()
                written.increment(by: state.withLock { $0.queue.written() })
                waiting.record(state.withLock { $0.queue.count })
            } catch {
                state.withLock { $0.queue.putBack() }
                trouble.recordFailure("\(error)")
                return false
            }
        }
        return true
    }
}
