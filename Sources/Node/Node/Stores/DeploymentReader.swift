import Basics
import Leaderboard
import Logging
import NIOConcurrencyHelpers
import RedisClient
import ServiceLifecycle
import Storage

/// Reads the deployment's id from the database when a node starts, and lets connections to Redis begin. They compare
/// the id with the one in Redis, to see whether its keys belong to this deployment.
///
/// If the database is away, a node that takes updates need not wait for it: it uses a Redis that belongs to some
/// deployment already, and compares the ids as soon as the database answers.
struct DeploymentReader: Service {
    let deployment: PostgresDeployment
    let fitness: RedisFitness
    let redis: RedisClient
    /// Opens when the id is known.
    let known: Latch
    /// Opens when connections may be made.
    let mayConnect: Latch
    /// Whether connections may be made while the database is away.
    let startsWithoutDatabase: Bool
    /// Holds the cause of the last failure, for `/readyz`.
    let trouble: NIOLockedValueBox<StoreError.Trouble?>
    let logger: Logger

    /// The wait after a failure. Short, since a node may use Redis meanwhile.
    private static let backoff = Backoff(base: .milliseconds(100), cap: .milliseconds(500), jitter: .equal)
    /// Between two warnings.
    private static let warningInterval = Duration.seconds(10)
    /// A database that does not answer for so long counts as away.
    private static let patience = Duration.seconds(3)

    func run() async throws {
        // This throws if the node stops before the id is known.
        try? await cancelWhenGracefulShutdown {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await read() }
                if startsWithoutDatabase {
                    group.addTask {
                        try await Task.sleep(for: Self.patience)
                        // Missing tables mean that the database has no deployment, so none in Redis can be its own.
                        if trouble.withLockedValue({ $0 }) != .tablesMissing { mayConnect.open() }
                    }
                }
                try await group.waitForAll()
            }
        }
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
                mayConnect.open()
                // Connections that were made before have not compared it yet.
                if redis.isConnected { await fitness.askAgain(redis) }
                known.open()
                return
            } catch {
                trouble.withLockedValue { $0 = error.trouble }
                if startsWithoutDatabase, error.trouble == .postgresAway { mayConnect.open() }
                if told.map({ ContinuousClock.now - $0 >= Self.warningInterval }) ?? true {
                    warn(error)
                    told = .now
                }
            }
            failures += 1
            try await Task.sleep(for: Self.backoff.wait(failures: failures))
        }
    }

    private func warn(_ error: StoreError) {
        let message: Logger.Message =
            mayConnect.isOpen
            ? "The deployment's id cannot be read from Postgres, so the one in Redis is believed until then"
            : "The deployment's id cannot be read from Postgres, so Redis is not used yet"
        logger.warning(
            message,
            metadata: [
                "error": "\(error)", "hint": "if the table deployment is missing, run: scorecast migrate",
            ])
    }
}
