import Basics
import Leaderboard
import Logging
import Reporting
import ServiceLifecycle

/// Runs followers of the ledger. On several nodes, whichever comes first takes the next events of a partition.
public struct FollowerRunner: Service {
    private let followers: [any LedgerFollower]
    private let progress: any FollowerProgress
    private let interval: Duration
    private let logger: Logger

    /// The most sequence numbers of one step. A step is a transaction.
    private static let limit = 500
    /// The partitions of a follower that are worked on at once. Each takes a connection of the pool.
    private static let partitionsMax = 2
    /// After a look that failed.
    private static let backoff = Backoff(base: .milliseconds(200), cap: .seconds(5), jitter: .equal)

    /// - Parameters:
    ///   - followers: the followers, each with a name of its own.
    ///   - progress: tells where there is something to take.
    ///   - interval: between two looks while there is nothing to take, with a jitter of ±20 %.
    public init(
        followers: [any LedgerFollower], progress: any FollowerProgress, interval: Duration = .milliseconds(250),
        logger: Logger
    ) {
        self.followers = followers
        self.progress = progress
        self.interval = interval
        self.logger = logger
    }

    /// Works until graceful shutdown or cancellation. Steps in progress are finished. A follower that waits or fails
    /// does not hold up the others.
    public func run() async throws {
        // A service that ends stops its node.
        guard !followers.isEmpty else { return try await gracefulShutdown() }
        await withTaskGroup(of: Void.self) { group in
            for follower in followers {
                group.addTask { await run(follower) }
            }
        }
    }

    private func run(_ follower: any LedgerFollower) async {
        let metrics = FollowerMetrics(follower.name)
        let (away, stuck) = (troubleOfStores(follower), troubleOfEvents(follower))
        var failures = 0
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            do throws(StoreError) {
                let lags = try await progress.lag(of: follower.name)
                metrics.record(lag: lags.reduce(0) { $0 + $1.events })
                let steps = try await advance(follower, lags.filter(\.isDue).map(\.partition))
                away.recordSuccess()
                failures = 0
                if note(steps, metrics, stuck, isWaiting: lags.contains { !$0.isDue }) { continue }
            } catch {
                metrics.recordFailure()
                away.recordFailure(error)
                failures += 1
            }
            let wait = failures > 0 ? Self.backoff.wait(failures: failures) : interval * Double.random(in: 0.8...1.2)
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: wait) }
        }
    }

    /// Takes one step in each of these partitions, a few at once, so that one that is far back does not delay the
    /// others.
    private func advance(
        _ follower: any LedgerFollower, _ partitions: [Int]
    ) async throws(StoreError) -> [FollowerStep] {
        let results = await withTaskGroup(of: Result<FollowerStep, StoreError>.self) { group in
            var results: [Result<FollowerStep, StoreError>] = []
            for (index, partition) in partitions.enumerated() {
                if index >= Self.partitionsMax, let result = await group.next() { results.append(result) }
                group.addTask {
                    do throws(StoreError) {
                        return .success(try await follower.advance(partition: partition, limit: Self.limit))
                    } catch {
                        return .failure(error)
                    }
                }
            }
            for await result in group { results.append(result) }
            return results
        }
        var steps: [FollowerStep] = []
        for result in results { steps.append(try result.get()) }
        return steps
    }

    /// Reports steps.
    ///
    /// - Returns: whether there may be more to take at once.
    private func note(
        _ steps: [FollowerStep], _ metrics: FollowerMetrics, _ stuck: TroubleLog, isWaiting: Bool
    ) -> Bool {
        var (hasTaken, hasFailed) = (false, false)
        for step in steps {
            switch step {
            case .took(let count):
                metrics.record(took: count)
                hasTaken = true
            case .failed(let failure):
                metrics.recordFailure()
                hasFailed = true
                stuck.recordFailure(
                    failure.reason,
                    [
                        "partition": "\(failure.partition)", "seq": "\(failure.seq)",
                        "failures": "\(failure.failures)",
                    ])
            case .idle, .busy: break
            }
        }
        if !hasFailed, !isWaiting { stuck.recordSuccess() }
        return hasTaken
    }

    private func troubleOfStores(_ follower: any LedgerFollower) -> TroubleLog {
        TroubleLog(
            warning: "The ledger cannot be followed, will try again", notice: "The ledger is followed again",
            logger: labelled(follower))
    }

    private func troubleOfEvents(_ follower: any LedgerFollower) -> TroubleLog {
        TroubleLog(
            warning: "A follower of the ledger cannot take an event, and waits there",
            notice: "The follower of the ledger goes on", level: .error, logger: labelled(follower))
    }

    private func labelled(_ follower: any LedgerFollower) -> Logger {
        var logger = logger
        logger[metadataKey: "follower"] = "\(follower.name)"
        return logger
    }
}
