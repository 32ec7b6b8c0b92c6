/// How an award ended. It never changes afterwards.
public enum AwardSettlement: Sendable, Equatable {
    /// It counted: the score and the rank after it, in the first ranking of the board that took it.
    case applied(score: Int64, rank: Int64)
    /// It can never count.
    case refused(AwardRefusal)

    /// The state of such an award.
    public var state: AwardState {
        switch self {
        case .applied(let score, let rank): .applied(score: score, rank: rank)
        case .refused: .refused
        }
    }
}

/// Why an award can never count. The raw value is what operators see in the table `awards`.
public enum AwardRefusal: String, Sendable, CaseIterable {
    /// A score would leave its bounds.
    case outOfBounds = "out_of_bounds"
    /// A score would become worse, and the board does not allow that.
    case decreaseRefused = "decrease_refused"
    /// Redis holds another update under the action id.
    case actionIDReused = "action_id_reused"
    /// Nobody can know any more whether it counted: the ledger dropped the month in which it was issued.
    case ledgerDropped = "ledger_dropped"
}
