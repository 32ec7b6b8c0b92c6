import Leaderboard

/// What to do about a partition, seeing where Redis and the ledger stand. Pure.
package enum PartitionCheck: Hashable {
    /// Redis goes on where the ledger is, or is ahead: carry over what is missing.
    case follow
    /// The partition is closed and nothing is missing in Redis: it can be opened.
    case openable
    /// Redis has another history than the one that was written down: it went back in time and was written to since, or
    /// is another one. Writes must stop until it is rebuilt from Postgres.
    case diverged
    /// Redis is older than the ledger: it lost updates that were acknowledged and written here. Writes must stop until
    /// it is rebuilt from Postgres.
    case olderThanLedger

    /// - Parameters:
    ///   - redis: where Redis stands.
    ///   - ledger: where the ledger stands; nil without a history.
    ///   - signature: what Redis holds as the signature of the event at the ledger's position; nil where it has none.
    ///     The last event that was written down stays in the outbox, so within one epoch it must be there, and be the
    ///     same.
    package init(redis: PartitionState, ledger: LedgerPosition?, signature: String?) {
        let reached = ledger?.seq ?? 0
        if redis.awaitsRebuild {
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
