/// One place of a board.
public struct ScoreboardEntry: Sendable, Equatable {
    /// From 1. On boards with shared ranks several entries can have the same.
    public var rank: Int64
    /// The user. Two ids are the same if their bytes (UTF-8) are.
    public var userID: String
    /// The score, within ±2^53.
    public var score: Int64

    /// An entry.
    public init(rank: Int64, userID: String, score: Int64) {
        self.rank = rank
        self.userID = userID
        self.score = score
    }

    /// Whether all members are equal, ids byte by byte: in `String`, composed and decomposed letters are equal.
    public static func == (left: ScoreboardEntry, right: ScoreboardEntry) -> Bool {
        left.rank == right.rank && left.score == right.score && left.userID.utf8.elementsEqual(right.userID.utf8)
    }
}
