import RedisClient
import ServiceLifecycle
import Storage

/// A service that begins when something has happened.
struct Deferred: Service {
    let latch: Latch
    /// What shall be connected by then, if it can be within `patience`: a first round that fails for want of a
    /// connection would only be noise in the log.
    var redis: RedisClient?
    let service: any Service

    private static let patience = Duration.seconds(1)

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await latch.wait()
            try? await redis?.waitUntilConnected(timeout: Self.patience)
        }
        guard !Task.isShuttingDownGracefully, !Task.isCancelled else { return }
        try await service.run()
    }
}
