import Leaderboard

/// Points that a module gives, to be stored in the transaction of what earned them.
public struct AwardDraft: Sendable, Equatable {
    /// The user.
    @ByteExact public private(set) var userID: String
    /// What earned it: 1 to 32 of `a-z`, such as `task`. The ledger shows it as the action `sys-task`.
    public let kind: String
    /// Which of them, 1 to 256 bytes, such as the id of a task. A user gets one award for each kind and reference.
    public let reference: String
    /// The board.
    public let board: String
    /// The points, within `ScoreBounds`.
    public let points: Int64

    /// Gathers the parts.
    public init(userID: String, kind: String, reference: String, board: String, points: Int64) {
        self.userID = userID
        self.kind = kind
        self.reference = reference
        self.board = board
        self.points = points
    }
}
