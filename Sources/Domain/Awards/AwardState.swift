/// What has become of an award.
public enum AwardState: Sendable, Equatable {
    /// It will be applied; nobody knows yet what it brings.
    case pending
    /// It counted: the score and the rank after it, in the board's first ranking.
    case applied(score: Int64, rank: Int64)
    /// It can never count, for a reason that operators see in the table.
    case refused
}
