/// The things that a ``RankingRequest`` may ask for in one place.
public struct RankingTerms: Sendable {
    /// The number of entries.
    public let limits: ClosedRange<Int>
    /// The rule for a board's id, as a clause that can follow the field's name.
    public let boardForm: String
    /// Whether an unknown window or period makes the request malformed. Otherwise it is an unknown window.
    public let windowsAreForm: Bool

    /// Gathers the parts.
    public init(limits: ClosedRange<Int>, boardForm: String, windowsAreForm: Bool) {
        self.limits = limits
        self.boardForm = boardForm
        self.windowsAreForm = windowsAreForm
    }
}
