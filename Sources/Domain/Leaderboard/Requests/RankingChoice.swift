/// The things that a ``RankingRequest`` asks for, found.
public struct RankingChoice: Hashable, Sendable {
    /// The board, as it was when the request came.
    public let board: Board
    /// The window of that board.
    public let window: Window
    /// The period as it was asked for: `current`, `previous`, or a name.
    public let period: String
    /// The number of entries.
    public let limit: Int
}
