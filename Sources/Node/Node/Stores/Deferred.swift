import RedisClient
import ServiceLifecycle
import Storage

/// A service that starts when a latch opens.
struct Deferred: Service {
    let latch: Latch
    /// A client to wait for, up to `patience`. Without a connection the first round of the service would fail and only
    /// add noise to the log.
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
