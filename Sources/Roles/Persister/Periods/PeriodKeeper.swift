import Basics
import Leaderboard
import Logging
import Reporting
import ServiceLifecycle

/// Begins and ends the periods of the partitions that this node's ``Persister`` holds: windows turn over to their next
/// periods, and periods that are over are sealed, archived and removed from the store of rankings.
///
/// Every step may be done twice, and is found again if it was not done. So the node may be killed at any point, and
/// another one continues.
public struct PeriodKeeper: Service {
    private let stores: PeriodStores
    private let held: HeldPartitions
    private let now: @Sendable () -> Int64
    private let metrics = PeriodMetrics()
    private let trouble: SharedTrouble

    /// The time between two looks at the rankings that are due.
    private static let sealInterval = Duration.seconds(1)
    /// The longest wait between two looks at the turns. It bounds how late new boards and new leases are noticed.
    private static let turnInterval = Duration.milliseconds(500)
    /// The wait after a round that failed. Archives have to be there ten seconds after the cut.
    private static let backoff = Backoff(base: .milliseconds(100), cap: .seconds(4), least: .milliseconds(50))

    /// - Parameters:
    ///   - stores: the ports.
    ///   - held: the partitions of the persister.
    ///   - now: returns the time in ms since 1970.
    public init(
        stores: PeriodStores, held: HeldPartitions, logger: Logger, now: @escaping @Sendable () -> Int64
    ) {
        self.stores = stores
        self.held = held
        self.now = now
        trouble = SharedTrouble(
            log: TroubleLog(
                warning: "Periods cannot be begun or sealed, will try again",
                notice: "Periods are begun and sealed again", logger: logger))
    }

    /// Works until graceful shutdown or cancellation. Partitions do not wait for each other.
    public func run() async throws {
        await withTaskGroup(of: Void.self) { group in
            for partition in stores.partitioning.all {
                group.addTask { await seal(partition) }
                group.addTask { await turn(partition) }
            }
        }
    }

    private func seal(_ partition: Int) async {
        var sealing = PartitionSealing(partition: partition, stores: stores, metrics: metrics, now: now)
        await rounds { () async throws(StoreError) in
            if held.contains(partition) { try await sealing.round() } else { sealing.rest() }
            return Self.sealInterval
        }
    }

    private func turn(_ partition: Int) async {
        var turning = PartitionTurning(partition: partition, stores: stores, now: now)
        await rounds { () async throws(StoreError) in
            if held.contains(partition) { try await turning.round() } else { turning.rest() }
            return min(Self.turnInterval, turning.idleMilliseconds.map { .milliseconds($0) } ?? Self.turnInterval)
        }
    }

    /// Runs rounds, each of which returns the wait before the next one.
    private func rounds(_ round: () async throws(StoreError) -> Duration) async {
        var failures = 0
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            var wait: Duration
            do throws(StoreError) {
                wait = try await round()
                if failures > 0 { trouble.recordEnd() }
                failures = 0
            } catch {
                failures += 1
                metrics.recordError()
                trouble.recordFailure(error, isFirst: failures == 1)
                wait = Self.backoff.wait(failures: failures)
            }
            try? await cancelWhenGracefulShutdown { [wait] in try await Task.sleep(for: wait) }
        }
    }
}
