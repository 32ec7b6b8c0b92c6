import Logging
import RedisClient
import ServiceLifecycle
import Storage

/// Looks at Redis' settings once it is connected, and stops the node where scores would not be safe.
struct RedisPolicyGuard: Service {
    let redis: RedisClient
    let logger: Logger

    func run() async throws {
        try await cancelWhenGracefulShutdown {
            for await state in redis.connectionStates() where state.isConnected {
                if try await isChecked() { break }
            }
        }
        try? await gracefulShutdown()
    }

    private func isChecked() async throws -> Bool {
        guard let policy = try? await RedisPolicy.read(from: redis) else { return false }
        if let refusal = policy.refusal {
            logger.critical("This Redis is not safe for scores", metadata: ["reason": "\(refusal)"])
            throw NodeError.unusable(refusal)
        }
        for warning in policy.warnings { logger.warning("Check Redis' settings", metadata: ["reason": "\(warning)"]) }
        return true
    }
}
