import Leaderboard
import Logging
import Metrics
import Reporting
import ServiceLifecycle

/// Deletes sessions that are over, and other rows that nobody needs any more, in small batches. All nodes with the role
/// do so; they do not wait for each other.
package struct SessionSweeper: Service {
    private let sessions: any SessionStore
    private let interval: Duration
    private let trouble: TroubleLog
    private let swept = Counter(label: "scorecast_accounts_swept_total")

    /// Rows of each kind in one batch. So no statement holds locks for long.
    private static let batch = 500

    /// - Parameters:
    ///   - sessions: the tables.
    ///   - interval: from one round to the next, with a jitter of ±20 %.
    package init(sessions: any SessionStore, interval: Duration = .seconds(60), logger: Logger) {
        self.sessions = sessions
        self.interval = interval
        trouble = TroubleLog(
            warning: "Sessions that are over cannot be deleted", notice: "Sessions that are over are deleted again",
            logger: logger)
    }

    /// Sweeps until graceful shutdown.
    package func run() async throws {
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            try? await cancelWhenGracefulShutdown { [wait = interval * Double.random(in: 0.8...1.2)] in
                try await Task.sleep(for: wait)
            }
            await sweep()
        }
    }

    /// One round: batches until one of them is small.
    private func sweep() async {
        var count = Self.batch
        while count >= Self.batch, !Task.isShuttingDownGracefully, !Task.isCancelled {
            do throws(StoreError) {
                count = try await sessions.sweep(limit: Self.batch)
                swept.increment(by: count)
                trouble.recordSuccess()
            } catch {
                return trouble.recordFailure(error)
            }
        }
    }
}
