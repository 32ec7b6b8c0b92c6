import Leaderboard

/// Decides whether an action id counted whose receipt may be gone. Pure.
///
/// All that Redis had accepted when it was asked is in the ledger once the ledger has come that far. Then the ledger
/// knows, unless the partition was opened again meanwhile, or Redis has started again: it may have lost what the ledger
/// was to get.
///
/// A partition whose data no persister has verified on this process of Redis counts as closed: see `PartitionSnapshot`.
public enum LedgerCheck {
    /// Whether the ledger has all events that a partition of Redis had.
    ///
    /// - Parameters:
    ///   - head: the partition, when Redis was asked.
    ///   - position: the ledger, read afterwards; nil if it has no history.
    public static func hasReached(_ head: PartitionState, _ position: LedgerPosition?) -> Bool {
        guard let epoch = head.epoch else { return false }
        guard let position else { return head.seq == 0 }
        // A new epoch begins where the ledger is. Until its first event the ledger shows the epoch before.
        return position.epoch == epoch ? position.seq >= head.seq : position.seq == head.seq
    }

    /// The verdict on an award, after the ledger has reached `head` and was searched.
    ///
    /// - Parameters:
    ///   - trace: what the ledger holds.
    ///   - head: the partition, when Redis was asked.
    ///   - later: the partition, read after the search.
    public static func verdict(on trace: AwardTrace, head: PartitionState, later: PartitionState) -> AwardVerdict {
        switch trace {
        case .counted(let score, let rank): .settle(.applied(score: score, rank: rank))
        case .putAside: .wait
        case .dropped: .settle(.refused(.ledgerDropped))
        case .absent: head.epoch == later.epoch && head.run == later.run ? .renew : .wait
        }
    }
}

/// What the ledger holds of an action id of an award.
public enum AwardTrace: Sendable, Equatable {
    /// It counted: the score and the rank after it.
    case counted(score: Int64, rank: Int64)
    /// It counted, but the ledger refused its row, and an operator has not settled that yet.
    case putAside
    /// Nothing.
    case absent
    /// The month in which it was issued was dropped.
    case dropped
}
