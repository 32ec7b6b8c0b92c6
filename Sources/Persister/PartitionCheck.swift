import Leaderboard

/// What to do about a partition, seeing where Redis and the ledger stand. Pure.
package enum PartitionCheck: Hashable {
    /// Redis goes on where the ledger is, or is ahead: carry over what is missing.
    case follow
    /// The partition is closed and nothing is missing in Redis: it can be opened.
    case openable
    /// Redis is older than the ledger: it lost updates that were acknowledged and written here. Writes must stop until it is
    /// rebuilt from Postgres.
    case olderThanLedger

    package init(redis: PartitionState, ledger: LedgerPosition?) {
        let reached = ledger?.seq ?? 0
        if redis.seq < reached {
            self = .olderThanLedger
        } else if redis.epoch == nil {
            self = .openable
        } else {
            self = .follow
        }
    }
}
