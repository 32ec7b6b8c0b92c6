/// Updates of a user that people do not make, with the numbers that show it. This is evidence and not a proof: a game
/// may have good reasons.
public struct Irregularity: Hashable, Sendable {
    /// The rules.
    public enum Rule: String, Hashable, Sendable, CaseIterable {
        /// An amount beyond the bounds of its action, or far beyond what is usual.
        case tooLarge = "too_large"
        /// Many updates within seconds.
        case tooFast = "too_fast"
        /// Updates at equal intervals.
        case tooRegular = "too_regular"
    }

    /// The rule.
    public var rule: Rule
    /// The board.
    public var board: String
    /// The user.
    @ByteExact public var userID: String
    /// The first event.
    public var firstSeq: Int64
    /// The last event.
    public var lastSeq: Int64
    /// The number of updates.
    public var updates: Int
    /// The number that is beyond the bound: points, updates in a second, or the coefficient of variation.
    public var measured: Double
    /// The bound.
    public var bound: Double
    /// The action; nil if the rule is about several updates.
    public var action: String?
    /// The mean interval between the updates in ms; nil for a single one.
    public var intervalMilliseconds: Double?

    /// Creates one.
    public init(
        rule: Rule, board: String, userID: String, firstSeq: Int64, lastSeq: Int64, updates: Int, measured: Double,
        bound: Double, action: String? = nil, intervalMilliseconds: Double? = nil
    ) {
        self.rule = rule
        self.board = board
        self.userID = userID
        self.firstSeq = firstSeq
        self.lastSeq = lastSeq
        self.updates = updates
        self.measured = measured
        self.bound = bound
        self.action = action
        self.intervalMilliseconds = intervalMilliseconds
    }
}
