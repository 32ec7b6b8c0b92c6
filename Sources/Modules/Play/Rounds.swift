import Leaderboard
import Logging
import Reporting
import ServiceLifecycle

/// A job of small rounds, on all nodes of the role. Rows that one node works on are locked or leased, so the nodes do
/// not wait for each other.
package struct Rounds: Service {
    private let interval: Duration
    private let round: @Sendable () async throws(StoreError) -> Bool
    private let trouble: TroubleLog

    /// - Parameters:
    ///   - work: what it does, as the beginning of a sentence, such as `Sending notifications`.
    ///   - interval: between two rounds if there was nothing more to do, with a jitter of ±20 %.
    ///   - round: does some of the work; true if there is more.
    package init(
        _ work: String, every interval: Duration, logger: Logger,
        round: @escaping @Sendable () async throws(StoreError) -> Bool
    ) {
        self.interval = interval
        self.round = round
        trouble = TroubleLog(warning: "\(work) fails", notice: "\(work) works again", logger: logger)
    }

    /// Works until graceful shutdown. A round in progress is finished.
    package func run() async throws {
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            var hasMore = false
            do throws(StoreError) {
                hasMore = try await round()
                trouble.recordSuccess()
            } catch {
                trouble.recordFailure(error)
            }
            guard !hasMore else { continue }
            try? await cancelWhenGracefulShutdown { [wait = interval * Double.random(in: 0.8...1.2)] in
                try await Task.sleep(for: wait)
            }
        }
    }
}
