import Basics
import Leaderboard
import Logging
import Metrics
import NIOConcurrencyHelpers
import Reporting
import ServiceLifecycle

/// Writes suspicions to the audit, independently of requests: noting one takes a moment under a lock and waits for
/// nothing. While the store is unavailable, attempts are collected up to a bound.
public final class SuspicionRecorder: Service {
    /// The settings of a recorder.
    package struct Settings: Sendable {
        /// The most entries that wait, each of some hundred bytes. Attempts of further users are dropped and counted.
        package var entriesMax = 4096
        /// The most entries in one statement.
        package var batchMax = 256
        /// The time from one write to the next, with a jitter of ±20 %.
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
    ///   - store: the store of the audit.
    ///   - metrics: the factory of the metrics.
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

    /// Notes an attempt, on any thread.
    package func note(_ suspicion: Suspicion) {
        let (isTaken, count) = queue.withLockedValue { ($0.note(suspicion), $0.count) }
        if !isTaken { dropped.increment() }
        waiting.record(count)
    }

    /// Writes until graceful shutdown, and then writes the rest within `stopTimeout`.
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
        logger.warning("Suspicions were dropped when the node stopped", metadata: ["attempts": "\(lost)"])
    }

    /// Returns the interval with its jitter, or after failures a random wait between half the bound and the bound,
    /// which doubles with each failure.
    private func pause(afterFailures failures: Int) -> Duration {
        guard failures > 0 else { return settings.interval * Double.random(in: 0.8...1.2) }
        return settings.backoff.wait(failures: failures)
    }

    /// Writes everything that waits, batch after batch, until the deadline, or until shutdown if there is none. Returns
    /// false if a batch failed.
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
