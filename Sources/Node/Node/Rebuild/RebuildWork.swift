import Basics
import Leaderboard
import Logging
import NIOPosix
import Persister
import RedisClient
import ServiceLifecycle
import Settings
import Storage

/// The work of `scorecast rebuild`, on the stores of a deployment whose nodes may run.
public struct RebuildWork: Sendable {
    /// The result for one partition.
    public enum Outcome: Sendable {
        /// This process rebuilt it.
        case done(RebuildReport)
        /// The persister that holds the lease rebuilt it.
        case doneByPersister(partition: Int, epoch: String, seq: Int64)
    }

    private let stores: Stores
    private let ledger: PostgresLedger
    private let rebuilder: PartitionRebuilder
    private let target: RedisPartitionRebuild

    /// The partitions of the deployment.
    public var partitions: Range<Int> { stores.partitioning.all }

    /// How long the stores may take to be in reach.
    private static let connectTimeout = Duration.seconds(10)
    /// How long a persister may take to get further with a rebuild.
    private static let stallTimeout = Duration.seconds(60)
    private static let interval = Duration.milliseconds(200)

    /// Connects to the stores, runs `body`, and disconnects.
    ///
    /// - Throws: `StoreError`, `NodeError`, or the error of `body`.
    public static func run<Value: Sendable>(
        _ configuration: NodeConfiguration, logger: Logger,
        _ body: @escaping @Sendable (RebuildWork) async throws -> Value
    ) async throws -> Value {
        let stores = try Stores(configuration, roles: .persister, group: .singleton, logger: logger)
        do {
            let value = try await withThrowingTaskGroup(of: Value?.self) { group in
                for service in stores.services(logger: logger) {
                    group.addTask {
                        try await service.run()
                        return nil
                    }
                }
                group.addTask {
                    let work = try await RebuildWork(stores, logger: logger)
                    // A rebuild can use the session of the leases less often than these need it.
                    let keeper = Task { try await LeaseKeeper(ledger: work.ledger, logger: logger).run() }
                    defer { keeper.cancel() }
                    return try await body(work)
                }
                defer { group.cancelAll() }
                while let value = try await group.next() { if let value { return value } }
                throw NodeError.unusable("The connections have ended.")
            }
            await stores.shutdown()
            return value
        } catch {
            await stores.shutdown()
            throw error
        }
    }

    private init(_ stores: Stores, logger: Logger) async throws {
        guard let session = stores.session else { throw NodeError.missing("SCORECAST_POSTGRES_URL") }
        ledger = stores.ledger(on: session, logger: logger)
        guard let rebuilder = stores.rebuilder(ledger: ledger, logger: logger, now: WallClock.milliseconds) else {
            throw NodeError.missing("SCORECAST_POSTGRES_URL")
        }
        self.stores = stores
        self.rebuilder = rebuilder
        target = RedisPartitionRebuild(redis: stores.redis, partitioning: stores.partitioning)
        // Also tells whether Postgres can be reached, which comes first.
        _ = try await ledger.positions()
        do { try await stores.redis.waitUntilConnected(timeout: Self.connectTimeout) } catch {
            throw StoreError(
                .unavailable,
                stores.fitness.report.refusal?.explanation ?? stores.explained(error.description, needsDatabase: true)
                    ?? "")
        }
    }

    /// Finds what a rebuild of a partition would change.
    public func preview(_ partition: Int) async throws -> RebuildPreview { try await rebuilder.preview(partition) }

    /// Closes a partition and rebuilds it, or waits until the persister that holds its lease has done so.
    ///
    /// - Parameter progress: called with the number of entries written, and of all.
    public func rebuild(
        _ partition: Int, progress: @escaping @Sendable (Int64, Int64) -> Void
    ) async throws -> Outcome {
        let before = try await stores.outbox.states()[partition].epoch
        let isMine = try await ledger.acquireLeases(partition..<partition + 1).contains(partition)
        try await target.request(partition: partition)
        if isMine {
            guard let report = try await rebuilder.rebuild(partition, progress: progress) else {
                throw StoreError(.conflict, "partition \(partition) was opened by somebody else meanwhile")
            }
            return .done(report)
        }
        return try await follow(partition, before: before, progress: progress)
    }

    private func follow(
        _ partition: Int, before: String?, progress: @escaping @Sendable (Int64, Int64) -> Void
    ) async throws -> Outcome {
        var last: RebuildProgress?
        var due = ContinuousClock.now + Self.stallTimeout
        while ContinuousClock.now < due {
            let state = try await stores.outbox.states()[partition]
            if let epoch = state.epoch, epoch != before {
                return .doneByPersister(partition: partition, epoch: epoch, seq: state.seq)
            }
            if let now = try await target.progress(partition: partition), now != last {
                (last, due) = (now, .now + Self.stallTimeout)
                progress(now.done, now.total)
            }
            try await Task.sleep(for: Self.interval)
        }
        throw StoreError(
            .unavailable,
            "the persister that holds the lease of partition \(partition) does not get further; its log says why")
    }
}
