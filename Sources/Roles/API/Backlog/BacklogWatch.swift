import Leaderboard
import Logging
import Metrics
import NIOConcurrencyHelpers
import Reporting
import ServiceLifecycle
import Synchronization

/// Measures the outboxes once a second, so that an update finds out by reading a flag whether there is room for it.
///
/// While Postgres is away, the outboxes grow. Redis must not reach its `maxmemory` by that: it would then refuse all
/// writes, also those of persisters and of the calendar.
public final class BacklogWatch: Service {
    private let meter: any OutboxMeter
    private let rule: NIOLockedValueBox<BacklogRule>
    private let isFullFlag = Atomic(false)
    private let interval: Duration
    private let trouble: TroubleLog
    private let bytes: Gauge
    private let bytesMax: Gauge

    /// - Parameters:
    ///   - meter: measures the outboxes.
    ///   - bytesMax: the most bytes that they may take; nil for a quarter of Redis' `maxmemory`, or 2 GiB if it has
    ///     none.
    ///   - interval: the time from one measurement to the next, with a jitter of ±20 %.
    package init(
        meter: any OutboxMeter, bytesMax: Int64?, interval: Duration = .seconds(1), logger: Logger,
        metrics: any MetricsFactory = MetricsSystem.factory
    ) {
        self.meter = meter
        self.interval = interval
        rule = NIOLockedValueBox(BacklogRule(bytesMax: bytesMax))
        trouble = TroubleLog(
            warning: "Updates are refused, since the outboxes are full: is a persister running, and Postgres?",
            notice: "The outboxes have room again", logger: logger)
        bytes = Gauge(label: "scorecast_outbox_bytes", dimensions: [], factory: metrics)
        self.bytesMax = Gauge(label: "scorecast_outbox_bytes_max", dimensions: [], factory: metrics)
    }

    /// Whether updates have to wait.
    package var isFull: Bool { isFullFlag.load(ordering: .relaxed) }

    /// Measures until shutdown.
    public func run() async throws {
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            await measure()
            try? await cancelWhenGracefulShutdown { [interval] in
                try await Task.sleep(for: interval * Double.random(in: 0.8...1.2))
            }
        }
    }

    /// Measures once. If Redis cannot be asked, the last decision stays: no update would succeed anyway.
    package func measure() async {
        guard let size = try? await meter.measure() else { return }
        let (isFull, bound) = rule.withLockedValue { rule in
            rule.take(size)
            return (rule.isFull, rule.bound(size))
        }
        bytes.record(size.bytes)
        bytesMax.record(bound)
        isFullFlag.store(isFull, ordering: .relaxed)
        guard isFull else { return trouble.recordSuccess() }
        trouble.recordFailure("the outboxes have \(size.bytes) bytes, and \(bound) are allowed")
    }
}
