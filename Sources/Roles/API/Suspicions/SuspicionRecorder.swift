import Basics
import Leaderboard
import Logging
import Metrics
import NIOConcurrencyHelpers
import Reporting
import ServiceLifecycle

/// Writes what was refused as suspicious to the audit, beside the requests: noting costs a moment under a lock, and
/// waits for nothing. While the store is away, attempts are gathered up to a bound.
public final class SuspicionRecorder: Service {
    /// How it works.
    package struct Settings: Sendable {
        /// Entries that wait at once, each of some hundred bytes; further users are dropped, and counted.
        package var entriesMax = 4096
        /// Entries in one statement.
        package var batchMax = 256
        /// From one writing to the next; a fifth of it is jitter.
        package var interval = Duration.seconds(1)
        /// The wait after a failure.
        package var backoff = Backoff(base: .milliseconds(250), cap: .seconds(10), jitter: .equal)
        /// How long a stop may go on writing; a statement that has begun is waited for beyond it.
        package var stopTimeout = Duration.seconds(2)

        /// The defaults.
        package init() {}
    }

    private let store: any SuspicionStore
    private let settings: Settings
    private let logger: Logger
    private let trouble: TroubleLog
    private let queue: NIOLockedValueBox<SuspicionQueue>
    private let recorded: Counter
    private let dropped: Counter
    private let waiting: Gauge

    /// - Parameters:
    ///   - store: where the audit is kept.
    ///   - metrics: where metrics go.
    package init(
        store: any SuspicionStore, settings: Settings = Settings(), logger: Logger,
        metrics: any MetricsFactory = MetricsSystem.factory
    ) {
        self.store = store
        self.settings = settings
        self.logger = logger
        trouble = TroubleLog(
            warning: "Suspicions cannot be written to the audit, they wait",
            notice: "Suspicions are written to the audit again", logger: logger)
        queue = NIOLockedValueBox(SuspicionQueue(entriesMax: settings.entriesMax))
        recorded = Counter(label: "scorecast_suspicions_recorded_total", dimensions: [], factory: metrics)
        dropped = Counter(label: "scorecast_suspicions_dropped_total", dimensions: [], factory: metrics)
        waiting = Gauge(label: "scorecast_suspicions_waiting", dimensions: [], factory: metrics)
    }

    /// Notes an attempt, from any thread.
    package func note(_ suspicion: Suspicion) {
        let (isTaken, count) = queue.withLockedValue { ($0.note(suspicion), $0.count) }
        if !isTaken { dropped.increment() }
        waiting.record(count)
    }

    /// Writes until graceful shutdown, and then what is left, within a bound.
    public func run() async throws {
        var failures = 0
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            failures = await write(until: nil) ? 0 : failures + 1
            try? await cancelWhenGracefulShutdown { [wait = pause(afterFailures: failures)] in
                try await Task.sleep(for: wait)
            }
        }
        _ = await write(until: .now + settings.stopTimeout)
        let lost = queue.withLockedValue { $0.attempts }
        guard lost > 0 else { return }
        dropped.increment(by: lost)
        logger.warning("Suspicions were dropped at the stop", metadata: ["attempts": "\(lost)"])
    }

    /// The interval with its jitter, or the wait after these failures.
    private func pause(afterFailures failures: Int) -> Duration {
        guard failures > 0 else { return settings.interval * Double.random(in: 0.8...1.2) }
        return settings.backoff.wait(failures: failures)
    }

    /// Writes all that waits, batch after batch, until the deadline, or without one until shutdown. False when a batch
    /// failed.
    private func write(until deadline: ContinuousClock.Instant?) async -> Bool {
        while deadline.map({ .now < $0 }) ?? !Task.isShuttingDownGracefully {
            let batch = queue.withLockedValue { $0.take(upTo: settings.batchMax) }
            guard !batch.isEmpty else { break }
            do throws(StoreError) {
                try await store.add(batch)
                trouble.recordSuccess()
                recorded.increment(by: queue.withLockedValue { $0.written() })
                waiting.record(queue.withLockedValue { $0.count })
            } catch {
                queue.withLockedValue { $0.putBack() }
                trouble.recordFailure(error)
                return false
            }
        }
        return true
    }
}
