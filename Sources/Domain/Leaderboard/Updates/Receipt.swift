/// What a score update led to, kept for as long as its action id is valid.
public struct Receipt: Hashable, Sendable {
    /// The user's score after the update.
    public var score: Int64
    /// The user's rank after the update, from 1.
    public var rank: Int64
    /// The board that it counted on; nil for the update's own.
    public var board: String?

    /// A receipt.
    public init(score: Int64, rank: Int64, board: String? = nil) {
        self.score = score
        self.rank = rank
        self.board = board
    }
}
