import Leaderboard
import Logging
import ServiceLifecycle

/// Shows once a second that this node is alive, also while it waits for Redis or rebuilds a partition. The leases of a
/// node that is silent go to another one (docs/adr/0026).
public struct LeaseKeeper: Service {
    private let ledger: any Ledger
    private let logger: Logger

    private static let interval = Duration.seconds(1)

    /// - Parameter ledger: the ledger that took the leases.
    public init(ledger: any Ledger, logger: Logger) {
        self.ledger = ledger
        self.logger = logger
    }

    /// Works until graceful shutdown or cancellation.
    public func run() async throws {
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            do throws(StoreError) {
                try await ledger.keepLeases()
            } catch {
                // The persister's next round says what it means.
                logger.debug("The leases could not be kept", metadata: ["error": "\(error)"])
            }
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: Self.interval) }
        }
    }
}
