/// The action of a suspicious attempt.
public struct SuspiciousAction: Hashable, Sendable {
    /// The board that the attempt would have counted on.
    public var board: String
    /// The action's id in the catalogue.
    public var action: String
    /// The points that it would have brought.
    public var points: Int64
    /// The action id's nonce.
    public var nonce: String
    /// The action id's signature.
    public var signature: String

    /// Creates the facts of an action.
    public init(board: String, action: String, points: Int64, nonce: String, signature: String) {
        self.board = board
        self.action = action
        self.points = points
        self.nonce = nonce
        self.signature = signature
    }
}
