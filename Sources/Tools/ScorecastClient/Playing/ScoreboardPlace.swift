/// The place of the token's user on the board, wherever it is.
public struct ScoreboardPlace: Sendable, Equatable {
    /// From 1.
    public let rank: Int64
    /// The score.
    public let score: Int64
    /// How many users the board has.
    public let total: Int64
    /// The period of the window.
    public let period: String

    /// A place.
    package init(rank: Int64, score: Int64, total: Int64, period: String) {
        self.rank = rank
        self.score = score
        self.total = total
        self.period = period
    }
}
