import Basics
import Leaderboard
import Logging
import Reporting
import ServiceLifecycle

/// Makes the months of the ledger ahead, and drops old ones. On several nodes, the one that holds the lease does it.
public struct RetentionJob: Service {
    private let months: any LedgerRetention
    private let retentionMilliseconds: Int64?
    private let interval: Duration
    private let logger: Logger
    private let now: @Sendable () -> Int64
    private let metrics = RetentionMetrics()
    private let failed: TroubleLog
    private let kept: TroubleLog

    private static let backoff = Backoff(base: .seconds(1), cap: .seconds(60))

    /// - Parameters:
    ///   - months: the ledger.
    ///   - retention: how old all events of a month have to be before it is dropped; nil for never.
    ///   - interval: between two rounds.
    ///   - now: returns the time in ms since 1970.
    public init(
        months: any LedgerRetention, retention: Duration?, interval: Duration = .seconds(600), logger: Logger,
        now: @escaping @Sendable () -> Int64
    ) {
        self.months = months
        retentionMilliseconds = retention?.wholeMilliseconds
        self.interval = interval
        self.logger = logger
        self.now = now
        failed = TroubleLog(
            warning: "The months of the ledger could not be looked after, will try again",
            notice: "The months of the ledger are looked after again", logger: logger)
        kept = TroubleLog(
            warning: "An old month of the ledger has to stay", notice: "No old month of the ledger has to stay",
            logger: logger)
    }

    /// Works until graceful shutdown or cancellation. A shutdown ends a drop that is in progress; the next node, or the
    /// next start, goes on with it.
    public func run() async throws {
        await cancelWhenGracefulShutdown {
            var failures = 0
            while !Task.isCancelled {
                do throws(StoreError) {
                    try await round()
                    failed.recordSuccess()
                    failures = 0
                    try? await Task.sleep(for: interval)
                } catch {
                    guard !Task.isCancelled else { return }
                    failures += 1
                    metrics.recordFailure()
                    failed.recordFailure(error)
                    try? await Task.sleep(for: Self.backoff.wait(failures: failures))
                }
            }
        }
    }

    /// Does what is to be done now.
    package func round() async throws(StoreError) {
        guard try await months.acquireLease() else { return }
        try await months.makeMonths(at: now())
        var drop = MonthDrop.none
        if let retention = retentionMilliseconds {
            repeat {
                drop = try await months.dropOldest(before: now() - retention)
                tell(drop)
            } while drop.isDropped
        }
        metrics.record(oldest: try await months.oldestMonth(), isKept: drop != .none)
    }

    private func tell(_ drop: MonthDrop) {
        switch drop {
        case .none:
            kept.recordSuccess()
        case .kept(let month, let reason):
            kept.recordFailure(reason, ["month": "\(month)"])
        case .dropped(let month):
            metrics.record(month)
            logger.notice(
                "Dropped a month of the ledger",
                metadata: [
                    "month": "\(month.month)", "rows": "\(month.rows)", "bytes": "\(month.bytes)",
                    "openings": "\(month.openings)",
                ])
        }
    }
}

extension MonthDrop {
    /// Whether a month is gone, so that the next one is the oldest.
    fileprivate var isDropped: Bool {
        if case .dropped = self { true } else { false }
    }
}
