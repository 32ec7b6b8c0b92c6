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
        /// The epoch that was known before the update was sent; nil if none was.
        let epoch: String?
        let outcome: ApplyOutcome
        let completion: @Sendable (Result<ApplyOutcome, StoreError>) -> Void
    }

    private let writer: any ScoreWriter
    private let outbox: any Outbox
    private let ledger: any LedgerReader
    private let partitioning: Partitioning
    private let waiting = NIOLockedValueBox<(waiters: [Waiter], isOpen: Bool)>(([], true))
    /// The epochs of the partitions at the last look. The sequence numbers of another epoch may name other updates,
    /// because Redis may have lost some and been rebuilt.
    private let epochs = NIOLockedValueBox<[String?]>([])
    private let arrivals: AsyncStream<Void>
    private let arrived: AsyncStream<Void>.Continuation
    private let timeouts = Counter(label: "scorecast_persisted_timeouts_total")

    /// Updates that wait at once; more are refused.
    private static let waitersMax = 20_000
    /// How long a group waits for the persister.
    private static let timeout = Duration.seconds(5)
    /// Between two looks at the ledger.
    private static let interval = Duration.milliseconds(3)

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
        let epochs = epochs.withLockedValue { $0 }
        writer.apply(update) { [self] result in
            guard case .success(let outcome) = result else { return completion(result) }
            switch outcome {
            case .applied, .replayed:
                wait(
                    Waiter(
                        partition: partition, epoch: epochs.isEmpty ? nil : epochs[partition], outcome: outcome,
                        completion: completion))
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
        let epochs = epochs.withLockedValue { $0 }
        writer.receipt(for: query) { [self] result in
            guard case .success(let found?) = result else { return completion(result) }
            wait(
                Waiter(
                    partition: found.partition, epoch: epochs.isEmpty ? nil : epochs[found.partition],
                    outcome: .replayed(found.receipt)
                ) { outcome in
                    completion(outcome.map { _ in found })
                })
        }
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
                result.flatMap { epochs in
                    guard waiter.epoch == nil || waiter.epoch == epochs[waiter.partition] else {
                        return .failure(StoreError(.unavailable, "the partition was opened again meanwhile"))
                    }
                    return .success(waiter.outcome)
                })
        }
    }

    /// Waits until the ledger has all that these partitions hold now, which is at least what the group did if their
    /// epochs are still the same. Returns these.
    private func reached(_ partitions: Set<Int>) async -> Result<[String?], StoreError> {
        let deadline = ContinuousClock.now + Self.timeout
        do throws(StoreError) {
            let states = try await outbox.states()
            let found = states.map(\.epoch)
            epochs.withLockedValue { $0 = found }
            var isFirst = true
            while true {
                let positions = try await ledger.positions()
                let areAllThere = partitions.allSatisfy { partition in
                    let (position, state) = (positions[partition], states[partition])
                    // A position that came later must be of this epoch.
                    return (position?.seq ?? 0) >= state.seq && (isFirst || position?.epoch == state.epoch)
                }
                if areAllThere { return .success(found) }
                isFirst = false
                guard ContinuousClock.now < deadline else { break }
                try? await Task.sleep(for: Self.interval)
            }
            timeouts.increment()
            return .failure(StoreError(.unavailable, "the ledger did not get there in time"))
        } catch {
            return .failure(error)
        }
    }
}
