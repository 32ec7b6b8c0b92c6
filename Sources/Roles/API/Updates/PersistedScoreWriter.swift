import Leaderboard
import Metrics
import NIOConcurrencyHelpers
import ServiceLifecycle

/// Applies updates like another writer, and tells of them only once the ledger has them too: for
/// `SCORECAST_ACK=persisted`.
///
/// Updates wait in groups: what came in while one group waited makes up the next. A group that waits too long gets an
/// error, and its updates can be sent again, like any whose outcome is unknown.
public final class PersistedScoreWriter: ScoreWriter, Service {
    private struct Waiter: Sendable {
        let partition: Int
        /// What was known before the update was sent.
        let history: History?
        let outcome: ApplyOutcome
        let completion: @Sendable (Result<ApplyOutcome, StoreError>) -> Void
    }

    /// What makes sequence numbers comparable: a process of Redis only adds events to an epoch. A process that started
    /// again may have fewer than before, and an epoch that was opened again may have others.
    private struct History: Sendable, Equatable {
        let run: String
        let epoch: String?

        init(_ snapshot: PartitionSnapshot, _ partition: Int) {
            (run, epoch) = (snapshot.run, snapshot.states[partition].epoch)
        }
    }

    private let writer: any ScoreWriter
    private let outbox: any Outbox
    private let ledger: any LedgerReader
    private let partitioning: Partitioning
    private let waiting = NIOLockedValueBox<(waiters: [Waiter], isOpen: Bool)>(([], true))
    /// The histories of the partitions at the last look.
    private let histories = NIOLockedValueBox<[History]>([])
    private let arrivals: AsyncStream<Void>
    private let arrived: AsyncStream<Void>.Continuation
    private let timeouts = Counter(label: "scorecast_persisted_timeouts_total")

    /// Updates that wait at once; more are refused.
    private static let waitersMax = 20_000
    /// How long a group waits for the persister.
    private static let timeout = Duration.seconds(5)
    /// Between two looks at the ledger.
    private static let interval = Duration.milliseconds(3)
    /// Between two looks at Redis while a group waits.
    private static let lookInterval = Duration.milliseconds(100)

    /// - Parameters:
    ///   - writer: what applies updates.
    ///   - outbox: tells how far the partitions are.
    ///   - ledger: tells how far the ledger is.
    ///   - partitioning: where boards live.
    public init(
        writer: any ScoreWriter, outbox: any Outbox, ledger: any LedgerReader, partitioning: Partitioning
    ) {
        self.writer = writer
        self.outbox = outbox
        self.ledger = ledger
        self.partitioning = partitioning
        (arrivals, arrived) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// See `ScoreWriter`.
    public func apply(_ update: ScoreUpdate, completion: @escaping @Sendable (Result<ApplyOutcome, StoreError>) -> Void)
    {
        let partition = partitioning.partition(of: update.board)
        let history = history(of: partition)
        writer.apply(update) { [self] result in
            guard case .success(let outcome) = result else { return completion(result) }
            switch outcome {
            case .applied, .replayed:
                wait(Waiter(partition: partition, history: history, outcome: outcome, completion: completion))
            case .actionIDReused, .rateLimited, .actionLimited, .velocityExceeded, .outOfBounds, .decreaseRefused,
                .sealed, .formChanged, .closed, .stale:
                completion(result)
            }
        }
    }

    /// See `ScoreWriter`: a receipt is told of once the ledger has its update, as the update itself is.
    public func receipt(
        for query: ReceiptQuery, completion: @escaping @Sendable (Result<FoundReceipt?, StoreError>) -> Void
    ) {
        let histories = histories.withLockedValue { $0 }
        writer.receipt(for: query) { [self] result in
            guard case .success(let found?) = result else { return completion(result) }
            wait(
                Waiter(
                    partition: found.partition, history: histories.isEmpty ? nil : histories[found.partition],
                    outcome: .replayed(found.receipt)
                ) { outcome in
                    completion(outcome.map { _ in found })
                })
        }
    }

    private func history(of partition: Int) -> History? {
        histories.withLockedValue { $0.isEmpty ? nil : $0[partition] }
    }

    /// Looks at Redis, so that the first updates need not be refused: without an earlier look nobody knows whether
    /// Redis has lost them meanwhile.
    ///
    /// - Returns: whether it could, and all partitions are open.
    public func learn() async -> Bool {
        do throws(StoreError) {
            return try await look().states.allSatisfy { $0.epoch != nil }
        } catch {
            return false
        }
    }

    private func look() async throws(StoreError) -> PartitionSnapshot {
        let snapshot = try await outbox.snapshot(at: [:])
        histories.withLockedValue { $0 = snapshot.states.indices.map { History(snapshot, $0) } }
        return snapshot
    }

    private func wait(_ waiter: Waiter) {
        let isTaken = waiting.withLockedValue { waiting in
            guard waiting.isOpen, waiting.waiters.count < Self.waitersMax else { return false }
            waiting.waiters.append(waiter)
            return true
        }
        if isTaken {
            arrived.yield()
        } else {
            waiter.completion(.failure(StoreError(.unavailable, "too many updates wait for the ledger")))
        }
    }

    /// Watches the ledger until graceful shutdown.
    public func run() async throws {
        await withGracefulShutdownHandler {
            for await _ in arrivals {
                let group = waiting.withLockedValue { waiting in
                    defer { waiting.waiters = [] }
                    return waiting.waiters
                }
                await settle(group)
            }
        } onGracefulShutdown: {
            self.arrived.finish()
        }
        let rest = waiting.withLockedValue { waiting in
            defer { waiting = ([], false) }
            return waiting.waiters
        }
        await settle(rest)
    }

    private func settle(_ group: [Waiter]) async {
        guard !group.isEmpty else { return }
        let result = await reached(Set(group.map(\.partition)))
        for waiter in group {
            waiter.completion(
                result.flatMap { snapshot in
                    guard waiter.history == History(snapshot, waiter.partition),
                        snapshot.states[waiter.partition].isVerified(by: snapshot.run)
                    else {
                        return .failure(
                            StoreError(
                                .unavailable, "Redis has started again, or the partition was opened again, meanwhile"))
                    }
                    return .success(waiter.outcome)
                })
        }
    }

    /// Waits until the ledger has all that these partitions hold now, which is at least what the group did if their
    /// histories are the same to the end: a Redis that started again may have lost it, and the ledger may have other
    /// events under the same numbers. Returns what the partitions hold at the end.
    private func reached(_ partitions: Set<Int>) async -> Result<PartitionSnapshot, StoreError> {
        let deadline = ContinuousClock.now + Self.timeout
        do throws(StoreError) {
            let first = try await look()
            // What Redis has lost never comes, and others wait for this group.
            var (partitions, nextLook) = (partitions, ContinuousClock.now + Self.lookInterval)
            var isFirst = true
            while true {
                let positions = try await ledger.positions()
                let areAllThere = partitions.allSatisfy { partition in
                    let (position, state) = (positions[partition], first.states[partition])
                    // A position that came later must be of this epoch.
                    return (position?.seq ?? 0) >= state.seq && (isFirst || position?.epoch == state.epoch)
                }
                if areAllThere { return .success(try await look()) }
                isFirst = false
                guard ContinuousClock.now < deadline else { break }
                if ContinuousClock.now >= nextLook {
                    // If Redis is away, the ledger can still get there.
                    if let now = try? await look() {
                        partitions = partitions.filter { History(first, $0) == History(now, $0) }
                    }
                    nextLook = ContinuousClock.now + Self.lookInterval
                }
                try? await Task.sleep(for: Self.interval)
            }
            timeouts.increment()
            return .failure(StoreError(.unavailable, "the ledger did not get there in time"))
        } catch {
            return .failure(error)
        }
    }
}
