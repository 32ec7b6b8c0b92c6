/// One row of the ledger on one board, as an audit folds it.
public struct AuditEvent: Hashable, Sendable {
    /// The kind. A row that corrects the ledger counts as the update that it stands for.
    public var kind: LedgerEvent.Kind
    /// The sequence number in the board's partition.
    public var seq: Int64
    /// The user; empty for `reset` and `seal`.
    @ByteExact public var userID: String
    /// The action's id in the catalogue; empty if this is not an update.
    public var action: String
    /// The amount of the update.
    public var points: Int64
    /// When Redis applied it, in ms since 1970.
    public var appliedAt: Int64
    /// The outcomes in the rankings of the board.
    public var outcomes: [RankingOutcome]

    /// Creates an event.
    public init(
        kind: LedgerEvent.Kind = .update, seq: Int64, userID: String, action: String = "", points: Int64 = 0,
        appliedAt: Int64 = 0, outcomes: [RankingOutcome]
    ) {
        self.kind = kind
        self.seq = seq
        self.userID = userID
        self.action = action
        self.points = points
        self.appliedAt = appliedAt
        self.outcomes = outcomes
    }
}
