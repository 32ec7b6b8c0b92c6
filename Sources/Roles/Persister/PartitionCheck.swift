import Leaderboard

/// Decides what to do about a partition, given the state of Redis and of the ledger. Pure.
package enum PartitionCheck: Hashable {
    /// Redis is at the ledger's position or ahead of it: carry over the missing events.
    case follow
    /// The partition is closed and Redis has all events: it can be opened.
    case openable
    /// Redis has another history than the ledger: it went back in time and was written to since, or it is a different
    /// Redis, or it may have run a part of a transaction that its file should not have. Writes must stop until it is
    /// rebuilt from Postgres.
    case diverged
    /// Redis is older than the ledger: it lost updates that were acknowledged and written to the ledger. Writes must
    /// stop until it is rebuilt from Postgres.
    case olderThanLedger

    /// - Parameters:
    ///   - redis: the state of the partition in Redis.
    ///   - ledger: the ledger's position; nil if it has no history.
    ///   - run: the `run_id` of the process that holds it; nil if that does not matter.
    ///   - signature: the signature that Redis holds for the event at the ledger's position; nil if it has none. The
    ///     outbox keeps the last event that the ledger has, so within one epoch the event must be there and be the
    ///     same.
    package init(redis: PartitionState, ledger: LedgerPosition?, run: String? = nil, signature: String?) {
        let reached = ledger?.seq ?? 0
        // The previous process ended before it had rewritten its file (docs/adr/0027).
        let mayBeTorn = run != nil && redis.rewriting != nil && redis.rewriting != run
        if redis.awaitsRebuild || mayBeTorn && redis.epoch != nil {
            self = .diverged
        } else if redis.seq < reached {
            self = .olderThanLedger
        } else if redis.epoch == nil {
            self = .openable
        } else if let ledger, ledger.epoch == redis.epoch, ledger.signature != signature {
            self = .diverged
        } else {
            self = .follow
        }
    }
}
