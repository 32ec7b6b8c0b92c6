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
        /// The history that was known before the update was sent; nil if none was.
        let history: History?
        let outcome: ApplyOutcome
        /// Whether it was sent again.
        let isSecond: Bool
        /// Sends it again, for the case that no history was known the first time.
        let again: @Sendable () -> Void
        let completion: @Sendable (Result<ApplyOutcome, StoreError>) -> Void
    }

    /// The events that a partition took one after the other, without a loss in between. Sequence numbers of another
    /// history may name other updates: a Redis that restarted may have lost the last ones and keep its epoch, and a
    /// partition that was rebuilt has another epoch.
    private struct History: Equatable {
        let epoch: String
        /// The `run_id` of the Redis process, which a persister has verified.
        let run: String
    }

    private let writer: any ScoreWriter
    private let outbox: any Outbox
    private let ledger: any LedgerReader
    private let partitioning: Partitioning
    private let waiting = NIOLockedValueBox<(waiters: [Waiter], isOpen: Bool)>(([], true))
    /// The histories of the partitions at the last look; nil for one that takes no updates.
    private let histories = NIOLockedValueBox<[History?]>([])
    private let arrivals: AsyncStream<Void>
    private let arrived: AsyncStream<Void>.Continuation
    private let timeouts = Counter(label: "scorecast_persisted_timeouts_total")

    /// Updates that wait at once; more are refused.
    private static let waitersMax = 20_000
    /// How long a group waits for the persister.
    private static let timeout = Duration.seconds(5)
    /// Between two looks at the ledger.
    private static let interval = Duration.milliseconds(3)
    /// Between two looks at Redis while a group waits: what Redis has lost never comes.
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
        send(update, first: nil, completion)
    }

    /// - Parameter first: the outcome of the first time, if the update is sent again because no history was known.
    private func send(
        _ update: ScoreUpdate, first: ApplyOutcome?,
        _ completion: @escaping @Sendable (Result<ApplyOutcome, StoreError>) -> Void
    ) {
        let partition = partitioning.partition(of: update.board)
        let history = history(of: partition)
        writer.apply(update) { [self] result in
            guard case .success(let outcome) = result else { return completion(result) }
            switch outcome {
            case .applied, .replayed:
                wait(
                    Waiter(
                        partition: partition, history: history, outcome: Self.told(first, outcome),
                        isSecond: first != nil, again: { self.send(update, first: outcome, completion) },
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
        find(query, isFirst: true, completion)
    }

    private func find(
        _ query: ReceiptQuery, isFirst: Bool,
        _ completion: @escaping @Sendable (Result<FoundReceipt?, StoreError>) -> Void
    ) {
        let histories = histories.withLockedValue { $0 }
        writer.receipt(for: query) { [self] result in
            guard case .success(let found?) = result else { return completion(result) }
            wait(
                Waiter(
                    partition: found.partition, history: histories.isEmpty ? nil : histories[found.partition],
                    outcome: .replayed(found.receipt), isSecond: !isFirst,
                    again: { self.find(query, isFirst: false, completion) },
                    completion: { outcome in completion(outcome.map { _ in found }) }))
        }
    }

    /// The outcome of an update that was sent twice: that of the first time, unless Redis lost it in between.
    private static func told(_ first: ApplyOutcome?, _ outcome: ApplyOutcome) -> ApplyOutcome {
        guard case .applied(let before)? = first, case .replayed(before) = outcome else { return outcome }
        return .applied(before)
    }

    private func history(of partition: Int) -> History? {
        histories.withLockedValue { $0.isEmpty ? nil : $0[partition] }
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
            switch result {
            case .failure(let error): waiter.completion(.failure(error))
            case .success(let histories):
                let now = histories[waiter.partition]
                if let now, now == waiter.history {
                    waiter.completion(.success(waiter.outcome))
                } else if now != nil, waiter.history == nil, !waiter.isSecond {
                    waiter.again()
                } else {
                    waiter.completion(
                        .failure(StoreError(.unavailable, "Redis restarted, or the partition was opened again")))
                }
            }
        }
    }

    /// Waits until the ledger has all that these partitions hold now, which is at least what the group did if their
    /// histories are still the same. Returns these; nil for a partition whose history ended meanwhile.
    private func reached(_ partitions: Set<Int>) async -> Result<[History?], StoreError> {
        let deadline = ContinuousClock.now + Self.timeout
        var nextLook = ContinuousClock.now + Self.lookInterval
        do throws(StoreError) {
            var (states, found) = try await look()
            while true {
                let positions = try await ledger.positions()
                // A partition that has no history takes no updates, and nobody waits for it.
                let waitedFor = partitions.filter { found[$0] != nil }
                let areAllThere = waitedFor.allSatisfy { (positions[$0]?.seq ?? 0) >= states[$0].seq }
                // If not, no event came since the partition was opened, or it has another history by now.
                let areOfEpoch = waitedFor.allSatisfy { positions[$0]?.epoch == states[$0].epoch }
                if areAllThere && areOfEpoch { return .success(found) }
                if areAllThere || .now >= nextLook {
                    // If Redis is away, the ledger can still get there.
                    do {
                        let again = try await look().histories
                        for index in found.indices where found[index] != again[index] { found[index] = nil }
                        if areAllThere { return .success(found) }
                    } catch  where !areAllThere {}
                    nextLook = .now + Self.lookInterval
                }
                guard ContinuousClock.now < deadline else { break }
                try? await Task.sleep(for: Self.interval)
            }
            timeouts.increment()
            return .failure(StoreError(.unavailable, "the ledger did not get there in time"))
        } catch {
            return .failure(error)
        }
    }

    /// Looks at Redis, and keeps the histories.
    private func look() async throws(StoreError) -> (states: [PartitionState], histories: [History?]) {
        let snapshot = try await outbox.snapshot(at: [:])
        let found = snapshot.states.map { state -> History? in
            guard let epoch = state.epoch, state.isVerified(by: snapshot.run) else { return nil }
            return History(epoch: epoch, run: snapshot.run)
        }
        histories.withLockedValue { $0 = found }
        return (snapshot.states, found)
    }
}
