import Basics
import Leaderboard
import Logging
import NIOConcurrencyHelpers
import RedisClient
import ServiceLifecycle
import Storage

/// Reads the deployment's id from the database when a node starts, and then lets connections to Redis begin. They
/// compare the id with the one in Redis, to see whether its keys belong to this deployment.
struct DeploymentReader: Service {
    let deployment: PostgresDeployment
    let fitness: RedisFitness
    let known: Latch
    /// Holds the cause of the last failure, for `/readyz`.
    let trouble: NIOLockedValueBox<StoreError.Trouble?>
    let logger: Logger

    /// The wait after a failure.
    private static let backoff = Backoff(base: .milliseconds(100), cap: .seconds(2), jitter: .equal)
    /// Between two warnings.
    private static let warningInterval = Duration.seconds(10)

    func run() async throws {
        // This throws if the node stops before the id is known.
        try? await cancelWhenGracefulShutdown { try await read() }
        try? await gracefulShutdown()
    }

    private func read() async throws {
        var failures = 0
        var told: ContinuousClock.Instant?
        while !Task.isCancelled {
            do throws(StoreError) {
                fitness.deploymentIs(try await deployment.id())
                if told != nil { logger.notice("The deployment's id is known") }
                trouble.withLockedValue { $0 = nil }
                known.open()
                return
            } catch {
                trouble.withLockedValue { $0 = error.trouble }
                if told.map({ ContinuousClock.now - $0 >= Self.warningInterval }) ?? true {
                    logger.warning(
                        "The deployment's id cannot be read from Postgres, so Redis is not used yet",
                        metadata: [
                            "error": "\(error)", "hint": "if the table deployment is missing, run: scorecast migrate",
                        ])
                    told = .now
                }
            }
            failures += 1
            try await Task.sleep(for: Self.backoff.wait(failures: failures))
        }
    }
}
