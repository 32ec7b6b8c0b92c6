/// Asks whether an action id has counted, without an update.
public struct ReceiptQuery: Sendable {
    /// The action id's signature.
    public var signature: String
    /// The request's `new_score`. Only a receipt with the same value matches.
    public var submittedScore: Int64?
    /// When the action id was issued, in ms since 1970.
    public var issuedAt: Int64
    /// The board that the action id would count on now, to search its partition; nil to search all partitions.
    public var board: Board?

    /// Creates a query.
    public init(signature: String, submittedScore: Int64?, issuedAt: Int64, board: Board?) {
        self.signature = signature
        self.submittedScore = submittedScore
        self.issuedAt = issuedAt
        self.board = board
    }
}
