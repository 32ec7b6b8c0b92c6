/// A board that this version cannot run, and why.
public struct LeftOutBoard: Hashable, Sendable, CustomStringConvertible {
    /// The board's id.
    public var id: String
    /// What of it is not supported; a short clause.
    public var reason: String

    /// Names a board.
    public init(id: String, reason: String) {
        self.id = id
        self.reason = reason
    }

    /// For operators.
    public var description: String { "\(id) (\(reason))" }
}
