/// A board that this version cannot run, and why.
public struct LeftOutBoard: Hashable, Sendable, CustomStringConvertible {
    /// The board's id.
    public var id: String
    /// The reason, as a short clause.
    public var reason: String

    /// Creates the entry of one board.
    public init(id: String, reason: String) {
        self.id = id
        self.reason = reason
    }

    /// The id and the reason, for operators.
    public var description: String { "\(id) (\(reason))" }
}
