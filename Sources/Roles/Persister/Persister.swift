// Persister: the role that carries every outbox entry to the ledger exactly once. The position in Postgres decides
// which event is next, and it moves in the same transaction that writes the events. So a crash at any point repeats
// nothing and skips nothing.
//
// It applies no updates and answers no requests. Start with `Persister.round()`; `PartitionCheck` decides whether a
// partition may be followed.

import Basics
import Leaderboard
import Logging
import Reporting
import ServiceLifecycle

/// Carries the events of the outboxes to the ledger.
///
/// Several persisters may run. Each partition is served by the one that holds its lease; the others stand by.
public struct Persister: Service {
    /// The settings of a persister.
    public struct Settings: Sendable {
        /// The most events of one partition in one transaction.
        public var batchLimit = 1000
        /// How long one read waits for new events, in ms. It bounds how long a shutdown goes unnoticed.
        public var waitMilliseconds = 250
        /// The time between two attempts to take leases and to compare positions with Redis.
        public var checkInterval = Duration.seconds(1)
        /// Whether partitions that need a rebuild are rebuilt although nobody has asked for it.
        public var healsUnasked = true

        /// The defaults.
        public init() {}
    }

    /// The state that the persister reports.
    public let status = PersisterStatus()
    /// The partitions that it serves now.
    public let held = HeldPartitions()
    /// The partitions that are closed until they are rebuilt.
    public let wounded = WoundedPartitions()
    private let outbox: any Outbox
    private let ledger: any Ledger
    private let partitioning: Partitioning
    private let settings: Settings
    private let logger: Logger
    private let now: @Sendable () -> Int64
    private let troubles: Troubles

    /// One log for each kind of failure.
    private struct Troubles: Sendable {
        let store: TroubleLog
        let conflict: TroubleLog
        let corrupt: TroubleLog
        let deadLetters: TroubleLog

        init(logger: Logger) {
            store = TroubleLog(
                warning: "A store is out of reach, will try again", notice: "The stores are in reach again",
                logger: logger)
            conflict = TroubleLog(
                warning: "The ledger or Redis is not where it was", notice: "The ledger and Redis agree again",
                level: .notice, logger: logger)
            corrupt = TroubleLog(
                warning: "The outbox or the ledger is not as it must be",
                notice: "The outbox and the ledger are as they must be again", level: .error, logger: logger)
            deadLetters = TroubleLog(
                warning: "A table refuses rows, they are kept in dead_letters", notice: "Rows are written again",
                level: .error, logger: logger)
        }

        func recordFailure(_ error: StoreError) {
            switch error.kind {
            case .corrupt: corrupt.recordFailure(error)
            case .conflict: conflict.recordFailure(error)
            case .unavailable, .closed: store.recordFailure(error)
            }
        }

        func recordSuccess() {
            for log in [store, conflict, corrupt] { log.recordSuccess() }
        }
    }

    /// - Parameters:
    ///   - outbox: the source of events.
    ///   - ledger: the destination of events.
    ///   - partitioning: the partitions.
    ///   - now: returns the time in ms since 1970, for the metric of the delay.
    public init(
        outbox: any Outbox, ledger: any Ledger, partitioning: Partitioning, settings: Settings = Settings(),
        logger: Logger,
        now: @escaping @Sendable () -> Int64
    ) {
        self.outbox = outbox
        self.ledger = ledger
        self.partitioning = partitioning
        self.settings = settings
        self.logger = logger
        self.now = now
        troubles = Troubles(logger: logger)
    }

    /// The wait after a round that failed.
    private static let backoff = Backoff(base: .milliseconds(50), cap: .seconds(2), least: .milliseconds(25))

    /// Works until graceful shutdown or cancellation.
    public func run() async throws {
        var failures = 0
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            do {
                try await round()
                failures = 0
                troubles.recordSuccess()
            } catch {
                status.recordFailure(error.trouble?.rawValue ?? error.description)
                troubles.recordFailure(error)
                failures += 1
                try? await cancelWhenGracefulShutdown { [wait = Self.backoff.wait(failures: failures)] in
                    try await Task.sleep(for: wait)
                }
            }
        }
    }

    /// Takes leases, compares Redis with the ledger, and follows the outboxes until the next check is due.
    private func round() async throws(StoreError) {
        let leases = try await ledger.acquireLeases(partitioning.all)
        guard !leases.isEmpty else {
            held.replace([])
            wounded.replace([])
            status.update(leases: 0, needRebuild: [])
            status.recordSuccess()
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: settings.checkInterval) }
            return
        }
        var positions = try await ledger.positions()
        let following = try await check(leases, positions: positions)
        held.replace(following)
        let due = ContinuousClock.now + settings.checkInterval
        guard !following.isEmpty else {
            status.recordSuccess()
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: settings.checkInterval) }
            return
        }
        try await follow(following, positions: &positions, until: due)
    }

    /// Carries batches to the ledger. While it lags, it reads the next batches meanwhile, after those that are carried.
    /// If these fail, what was read ahead is forgotten. Otherwise it waits for the ledger, so that events gather and
    /// fewer transactions carry them.
    private func follow(
        _ following: Set<Int>, positions: inout [Int: LedgerPosition], until due: ContinuousClock.Instant
    ) async throws(StoreError) {
        var after = Dictionary(uniqueKeysWithValues: following.map { ($0, positions[$0]?.seq ?? 0) })
        var batches: [OutboxBatch] = []
        repeat {
            for batch in batches { after[batch.partition] = batch.events.last?.seq ?? after[batch.partition] }
            let (lags, start) = (batches.contains { $0.events.count >= settings.batchLimit }, after)
            async let ahead = lags ? read(after: start) : .success([])
            if !batches.isEmpty { try await carry(batches, positions: &positions) }
            status.recordSuccess()
            batches = try await lags ? ahead.get() : read(after: start).get()
        } while ContinuousClock.now < due && !Task.isShuttingDownGracefully && !Task.isCancelled
        if !batches.isEmpty { try await carry(batches, positions: &positions) }
    }

    private func read(after positions: [Int: Int64]) async -> Result<[OutboxBatch], StoreError> {
        do {
            return .success(
                try await outbox.read(
                    after: positions, limit: settings.batchLimit, waitMilliseconds: settings.waitMilliseconds))
        } catch {
            return .failure(error)
        }
    }

    /// Compares Redis with the ledger, and closes partitions whose history does not match. Returns the partitions to
    /// follow.
    private func check(_ leases: Set<Int>, positions: [Int: LedgerPosition]) async throws(StoreError) -> Set<Int> {
        let known = positions.filter { leases.contains($0.key) }
        let snapshot = try await outbox.snapshot(at: known.mapValues(\.seq))
        let states = snapshot.states
        var following: Set<Int> = []
        var needRebuild: Set<Int> = []
        for partition in leases.sorted() {
            switch PartitionCheck(
                redis: states[partition], ledger: positions[partition], run: snapshot.run,
                signature: snapshot.signatures[partition])
            {
            case .follow:
                following.insert(partition)
            case .openable:
                break  // `PartitionOpener` opens it
            case .olderThanLedger, .diverged:
                needRebuild.insert(partition)
            }
        }
        try await close(needRebuild, states: states, positions: positions)
        wounded.replace(needRebuild.filter { settings.healsUnasked || states[$0].isRebuildWanted })
        if status.update(leases: leases.count, needRebuild: needRebuild), !needRebuild.isEmpty {
            let names = needRebuild.sorted().map { "\($0)" }.joined(separator: ", ")
            logger.error(
                "Redis does not hold what the ledger holds: closed partitions, they need a rebuild from Postgres",
                metadata: ["partitions": "\(names)"])
        }
        return following
    }

    /// Closes partitions, unless the positions that they were compared with are outdated: since the read, another
    /// persister may have taken the lease, carried events over and trimmed the outbox.
    private func close(
        _ found: Set<Int>, states: [PartitionState], positions: [Int: LedgerPosition]
    ) async throws(StoreError) {
        // One that is closed without the mark gets it too: only then it may be rebuilt.
        let partitions = found.filter { states[$0].epoch != nil || !states[$0].awaitsRebuild }
        guard !partitions.isEmpty else { return }
        let now = try await ledger.positions()
        guard partitions.allSatisfy({ now[$0] == positions[$0] }) else {
            throw StoreError(.conflict, "the positions have moved while they were compared with Redis")
        }
        for partition in partitions.sorted() {
            let isClosed = try await outbox.close(partition: partition, epoch: states[partition].epoch)
            guard isClosed else {
                throw StoreError(
                    .conflict, "partition \(partition) has another epoch than was compared with the ledger")
            }
        }
    }

    private func carry(_ batches: [OutboxBatch], positions: inout [Int: LedgerPosition]) async throws(StoreError) {
        let troubles = batches.compactMap(\.trouble)
        let batches = batches.filter { !$0.events.isEmpty }
        for batch in batches {
            guard let position = positions[batch.partition], position.epoch == batch.epoch else { continue }
            guard batch.anchor == position.signature else {
                throw StoreError(.conflict, "partition \(batch.partition) has another history than the ledger")
            }
        }
        if !batches.isEmpty { try await write(batches, positions: &positions) }
        if let trouble = troubles.first { throw trouble }
    }

    private func write(_ batches: [OutboxBatch], positions: inout [Int: LedgerPosition]) async throws(StoreError) {
        let refused: [DeadLetter]
        do {
            refused = try await ledger.commit(batches, from: positions)
        } catch  where error.kind == .corrupt && batches.count > 1 {
            // A fault in one partition must not delay the others. Write each batch on its own, and throw an error at
            // the end.
            var trouble = error
            for batch in batches {
                do { try await write([batch], positions: &positions) } catch { trouble = error }
            }
            throw trouble
        }
        note(refused)
        for batch in batches {
            guard let first = batch.events.first, let last = batch.events.last else { continue }
            positions[batch.partition] = LedgerPosition(epoch: batch.epoch, seq: last.seq, signature: last.signature)
            status.recordCommit(events: batch.events.count, oldestMilliseconds: now() - first.appliedAt)
            // Keep the last committed event in the outbox. It shows later which history the outbox belongs to.
            try await outbox.trim(partition: batch.partition, through: last.seq - 1)
        }
    }

    /// Logs rows that were put aside. The persister goes on, but an operator has to look at them.
    private func note(_ refused: [DeadLetter]) {
        guard !refused.isEmpty else { return troubles.deadLetters.recordSuccess() }
        status.putAside(rows: refused.count)
        for letter in refused {
            troubles.deadLetters.recordFailure(
                "\(letter.code) \(letter.reason)",
                [
                    "partition": "\(letter.partition)", "seq": "\(letter.seq)",
                    "refused_by": "\(letter.table.rawValue)",
                ])
        }
    }
}
