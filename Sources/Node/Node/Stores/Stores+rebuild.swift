import Logging
import Persister
import PostgresClient
import Storage

extension Stores {
    /// The ledger on the session that holds the leases.
    func ledger(on session: PostgresPool, logger: Logger) -> PostgresLedger {
        PostgresLedger(session: session, test: sessionTest, logger: logger)
    }

    /// Rebuilds partitions under the leases of a ledger; nil on a node that is not a persister.
    func rebuilder(ledger: PostgresLedger, logger: Logger, now: @escaping @Sendable () -> Int64) -> PartitionRebuilder?
    {
        rebuild.map { session in
            PartitionRebuilder(
                stores: .init(
                    outbox: outbox, ledger: ledger, source: PostgresRebuildSource(session: session),
                    target: RedisPartitionRebuild(redis: redis, partitioning: partitioning)),
                partitioning: partitioning,
                receiptLifetimeMilliseconds: writeSettings.receiptLifetimeMilliseconds, logger: logger, now: now)
        }
    }
}
