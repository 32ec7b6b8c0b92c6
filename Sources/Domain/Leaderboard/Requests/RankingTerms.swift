/// The things that a ``RankingRequest`` may ask for in one place.
public struct RankingTerms: Sendable {
    /// The number of entries.
    public let limits: ClosedRange<Int>
    /// The rule for a board's id, as a clause that can follow the field's name.
    public let boardForm: String
    /// Whether only the current period can be asked for. Another one makes the request malformed.
    public let isCurrentOnly: Bool

    /// Gathers the parts.
    public init(limits: ClosedRange<Int>, boardForm: String, isCurrentOnly: Bool) {
        self.limits = limits
        self.boardForm = boardForm
        self.isCurrentOnly = isCurrentOnly
    }
}
