/// The result of a score update. It is kept for as long as its action id is valid.
public struct Receipt: Hashable, Sendable {
    /// The user's score after the update.
    public var score: Int64
    /// The user's rank after the update, from 1.
    public var rank: Int64
    /// The id of the board that the update counted on; nil for the update's own board.
    public var board: String?

    /// Creates a receipt.
    public init(score: Int64, rank: Int64, board: String? = nil) {
        self.score = score
        self.rank = rank
        self.board = board
    }
}
