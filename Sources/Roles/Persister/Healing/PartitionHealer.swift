import Basics
import Leaderboard
import Logging
import ServiceLifecycle

/// Rebuilds the partitions that the persister finds closed until then, one after the other.
public struct PartitionHealer: Service {
    private let rebuilder: PartitionRebuilder
    private let wounded: WoundedPartitions
    private let logger: Logger
    private let metrics = HealMetrics()

    /// The wait after a rebuild that failed.
    private static let backoff = Backoff(base: .milliseconds(200), cap: .seconds(30), least: .milliseconds(100))
    /// The longest time until it looks again at partitions that it knows.
    private static let interval = Duration.milliseconds(500)

    /// - Parameters:
    ///   - rebuilder: works under the leases of the same ledger as the persister.
    ///   - wounded: the partitions, as the persister finds them.
    public init(rebuilder: PartitionRebuilder, wounded: WoundedPartitions, logger: Logger) {
        self.rebuilder = rebuilder
        self.wounded = wounded
        self.logger = logger
    }

    /// Works until graceful shutdown or cancellation.
    public func run() async throws {
        await cancelWhenGracefulShutdown { await work() }
    }

    private func work() async {
        var failures: [Int: Int] = [:]
        var due: [Int: ContinuousClock.Instant] = [:]
        while !Task.isCancelled {
            let partitions = wounded.all
            guard !partitions.isEmpty else {
                (failures, due) = ([:], [:])
                await wounded.wait()
                continue
            }
            for partition in partitions where !Task.isCancelled && due[partition].map({ $0 <= .now }) ?? true {
                if await heal(partition) {
                    (failures[partition], due[partition]) = (nil, nil)
                } else {
                    failures[partition, default: 0] += 1
                    due[partition] = .now + Self.backoff.wait(failures: failures[partition, default: 1])
                }
            }
            try? await Task.sleep(for: Self.interval)
        }
    }

    /// Returns false if it has to be tried again.
    private func heal(_ partition: Int) async -> Bool {
        let start = ContinuousClock.now
        metrics.recordBegin()
        do {
            guard let report = try await rebuilder.rebuild(partition) else { return true }
            metrics.record(report, after: start.duration(to: .now))
            logger.notice(
                "Rebuilt a partition from Postgres",
                metadata: [
                    "partition": "\(partition)", "epoch": "\(report.epoch)", "seq": "\(report.seq)",
                    "entries": "\(report.entries)", "orphans": "\(report.orphans)",
                    "ms": "\(start.duration(to: .now).wholeMilliseconds)",
                ])
            return true
        } catch {
            metrics.recordFailure()
            logger.warning(
                "The rebuild of a partition failed, will try again",
                metadata: ["partition": "\(partition)", "error": "\(error)"])
            return false
        }
    }
}
