import Leaderboard
import Logging
import ServiceLifecycle

/// Opens partitions that are closed although nothing is missing in them, such as those of a new deployment. Runs on
/// every node that can reach both stores. Opening an open partition does nothing, so any number of nodes may try.
public struct PartitionOpener: Service {
    private let outbox: any Outbox
    private let ledger: any Ledger
    private let logger: Logger

    /// The time between two checks.
    private static let interval = Duration.milliseconds(500)

    /// - Parameters:
    ///   - outbox: opens the partitions.
    ///   - ledger: read for its positions only.
    public init(outbox: any Outbox, ledger: any Ledger, logger: Logger) {
        self.outbox = outbox
        self.ledger = ledger
        self.logger = logger
    }

    /// Checks the partitions until graceful shutdown.
    public func run() async throws {
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            do {
                try await openWhatCanBe()
            } catch {
                logger.debug("Could not check the partitions", metadata: ["error": "\(error)"])
            }
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: Self.interval) }
        }
    }

    /// Opens the closed partitions that may be opened. Returns true if all partitions are open afterwards.
    @discardableResult
    public func openWhatCanBe() async throws(StoreError) -> Bool {
        // The positions are read after the snapshot: see ADR 0020.
        let snapshot = try await outbox.snapshot(at: [:])
        let states = snapshot.states
        let closed = states.indices.filter { states[$0].epoch == nil }
        guard !closed.isEmpty else { return true }
        let positions = try await ledger.positions()
        var allOpen = true
        for partition in closed {
            guard PartitionCheck(redis: states[partition], ledger: positions[partition], signature: nil) == .openable
            else {
                allOpen = false
                continue
            }
            let epoch = try await outbox.open(
                partition: partition, seq: states[partition].seq, run: snapshot.run)
            logger.info("Opened a partition", metadata: ["partition": "\(partition)", "epoch": "\(epoch)"])
        }
        return allOpen
    }
}
