/// Asks whether an action id has counted, without an update.
public struct ReceiptQuery: Sendable {
    /// The action id's signature.
    public var signature: String
    /// The request's `new_score`; only a receipt with the same one answers.
    public var submittedScore: Int64?
    /// When the action id was issued, in ms since 1970.
    public var issuedAt: Int64
    /// Where to look: the board that it would count on now, or nil to look in all partitions.
    public var board: Board?

    /// A question.
    public init(signature: String, submittedScore: Int64?, issuedAt: Int64, board: Board?) {
        self.signature = signature
        self.submittedScore = submittedScore
        self.issuedAt = issuedAt
        self.board = board
    }
}
