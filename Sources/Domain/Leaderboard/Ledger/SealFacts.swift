/// The facts about a ranking at the time when it was sealed, which its archive needs.
public struct SealFacts: Hashable, Sendable {
    /// The version of the window.
    public var version: Int64
    /// The order of the board.
    public var order: BoardRules.Order
    /// The ties of the board.
    public var ties: BoardRules.Ties

    /// Gathers the facts.
    public init(version: Int64, order: BoardRules.Order, ties: BoardRules.Ties) {
        self.version = version
        self.order = order
        self.ties = ties
    }
}
