import Awards
import Basics
import Leaderboard
import Logging
import Reporting
import ServiceLifecycle
import Synchronization

/// Applies awards: at once for the routes that made them, and in rounds for all that are left over, on whichever node
/// they were made.
public final class AwardWorker: Service, AwardDesk {
    private let store: any AwardStore
    private let sender: AwardSender
    private let logger: Logger
    private let metrics = AwardMetrics()
    private let trouble: TroubleLog
    private let metricsDue = Mutex(ContinuousClock.now)

    /// The most awards of one round.
    private static let roundMax = 100
    /// Between two rounds, with a jitter of ±20 %.
    private static let interval = Duration.milliseconds(200)
    /// After a round that failed.
    private static let backoff = Backoff(base: .milliseconds(200), cap: .seconds(5), jitter: .equal)
    /// Between two looks at an award that another node works on.
    private static let looks = Backoff(base: .milliseconds(20), cap: .milliseconds(200), jitter: .equal)
    /// Between two counts of what is open.
    private static let countInterval = Duration.seconds(5)

    /// - Parameters:
    ///   - store: the awards.
    ///   - hub: applies them.
    package init(store: any AwardStore, hub: AwardHub, logger: Logger) {
        self.store = store
        self.logger = logger
        sender = AwardSender(hub: hub, store: store, onRenewal: { [metrics] in metrics.recordRenewal() })
        trouble = TroubleLog(
            warning: "Awards cannot be applied, will try again", notice: "Awards are applied again", logger: logger)
    }

    // MARK: Rounds

    /// Works until graceful shutdown or cancellation. What is in progress then is finished.
    public func run() async throws {
        var failures = 0
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            do throws(StoreError) {
                // If there is more than a round takes, the next one begins at once.
                let taken = try await round()
                try await countOpen()
                trouble.recordSuccess()
                failures = 0
                if taken == Self.roundMax { continue }
            } catch {
                metrics.recordError()
                trouble.recordFailure(error)
                failures += 1
            }
            let wait =
                failures > 0 ? Self.backoff.wait(failures: failures) : Self.interval * Double.random(in: 0.8...1.2)
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: wait) }
        }
    }

    /// Takes awards that are due, and works on all of them at once. Returns their number.
    package func round() async throws(StoreError) -> Int {
        let start = ContinuousClock.now
        let awards = try await store.claim(upTo: Self.roundMax)
        await withTaskGroup(of: Void.self) { group in
            for award in awards {
                group.addTask { _ = await self.work(on: award, since: start) }
            }
        }
        return awards.count
    }

    private func countOpen() async throws(StoreError) {
        let isDue = metricsDue.withLock { due in
            guard ContinuousClock.now >= due else { return false }
            due = ContinuousClock.now + Self.countInterval
            return true
        }
        if isDue { metrics.record(try await store.backlog()) }
    }

    // MARK: The desk

    /// See `AwardDesk`. The work goes on if the patience ends first.
    public func settle(_ id: Int64, within patience: Duration) async -> AwardState {
        let (states, sink) = AsyncStream.makeStream(of: AwardState.self, bufferingPolicy: .bufferingNewest(1))
        let deadline = ContinuousClock.now + patience
        Task {
            if let state = await conclude(id, until: deadline) { sink.yield(state) }
            sink.finish()
        }
        return await withTaskGroup(of: AwardState?.self) { group in
            group.addTask { await states.first { _ in true } }
            group.addTask {
                try? await Task.sleep(until: deadline)
                return nil
            }
            defer { group.cancelAll() }
            return await group.next().flatMap { $0 } ?? .pending
        }
    }

    /// Works on an award until it is settled. Returns nil if it is not settled by the deadline.
    private func conclude(_ id: Int64, until deadline: ContinuousClock.Instant) async -> AwardState? {
        var looks = 0
        while ContinuousClock.now < deadline {
            let start = ContinuousClock.now
            do throws(StoreError) {
                switch try await store.claim(id) {
                case .taken(let award):
                    if let settlement = await work(on: award, since: start) { return settlement.state }
                case .settled(let state): return state
                case .unknown: return nil
                case .held: break
                }
            } catch {
                trouble.recordFailure(error)
            }
            looks += 1
            try? await Task.sleep(for: Self.looks.wait(failures: looks))
        }
        return nil
    }

    // MARK: One award

    /// Works on an award that was just taken.
    ///
    /// - Returns: how it was settled; nil if it is not, or if another node did it.
    private func work(on award: Award, since start: ContinuousClock.Instant) async -> AwardSettlement? {
        do throws(StoreError) {
            switch try await sender.send(award, until: start + AwardTiming.turn) {
            case .settled(let award, let settlement):
                guard try await store.settle(award, as: settlement) else { return nil }
                note(settlement, of: award)
                return settlement
            case .later(let award):
                try await store.postpone(award, for: AwardTiming.retries.wait(failures: award.tries))
            case .overtaken: break
            }
        } catch {
            metrics.recordError()
            trouble.recordFailure(error)
            // If this fails too, the lease ends some seconds later.
            try? await store.postpone(award, for: AwardTiming.retries.wait(failures: award.tries))
        }
        return nil
    }

    private func note(_ settlement: AwardSettlement, of award: Award) {
        metrics.record(settlement)
        guard case .refused(let refusal) = settlement else { return }
        logger.warning(
            "An award can never count",
            metadata: [
                "award": "\(award.id)", "kind": "\(award.draft.kind)", "board": "\(award.draft.board)",
                "reason": "\(refusal.rawValue)",
            ])
    }
}
