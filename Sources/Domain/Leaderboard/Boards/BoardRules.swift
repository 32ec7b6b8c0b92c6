/// How a board makes scores from amounts, and how it ranks them.
public struct BoardRules: Hashable, Sendable {
    /// How an amount makes a score.
    public var `operator`: Operator
    /// Which scores are better.
    public var order: Order
    /// How equal scores rank.
    public var ties: Ties
    /// The least score; an update that leads below it is refused. Nil for no bound.
    public var minScore: Int64?
    /// The greatest score; an update that leads above it is refused. Nil for no bound.
    public var maxScore: Int64?
    /// Whether an update may make a score worse. If not, such an update is refused.
    public var allowDecrease: Bool

    /// How an amount makes a score. A user's first amount starts from 0 with `increment` and `decrement`.
    public enum Operator: String, Hashable, Sendable, CaseIterable {
        /// The old score plus the amount.
        case increment
        /// The old score minus the amount.
        case decrement
        /// The amount.
        case set
        /// The better one of the old score and the amount.
        case best
    }

    /// Which scores are better.
    public enum Order: String, Hashable, Sendable, CaseIterable {
        /// High scores.
        case descending = "desc"
        /// Low scores, such as times and strokes.
        case ascending = "asc"

        /// Whether one score is better than another one.
        public func isBetter(_ score: Int64, than other: Int64) -> Bool {
            self == .descending ? score > other : score < other
        }
    }

    /// How equal scores rank. A score is reached when it last changed.
    public enum Ties: String, Hashable, Sendable, CaseIterable {
        /// The one that was reached first ranks higher: 1-2-3-4.
        case first
        /// The one that was reached last ranks higher: 1-2-3-4.
        case last
        /// They share a rank, and leave ranks out: 1-2-2-4. The list order is that of `first`.
        case shared
        /// They share a rank: 1-2-2-3. The list order is that of `first`.
        case dense
    }

    /// Creates rules. The defaults are those of a new board.
    public init(
        `operator`: Operator = .increment, order: Order = .descending, ties: Ties = .first, minScore: Int64? = nil,
        maxScore: Int64? = nil, allowDecrease: Bool = false
    ) {
        self.operator = `operator`
        self.order = order
        self.ties = ties
        self.minScore = minScore
        self.maxScore = maxScore
        self.allowDecrease = allowDecrease
    }

    /// The score to which an amount leads. The result can lie outside of ``ScoreBounds``.
    ///
    /// - Parameter old: the score before; nil for a user without one.
    public func score(old: Int64?, amount: Int64) -> Int64 {
        switch self.operator {
        case .increment: (old ?? 0) + amount
        case .decrement: (old ?? 0) - amount
        case .set: amount
        case .best: old.map { order.isBetter(amount, than: $0) ? amount : $0 } ?? amount
        }
    }

    /// Whether each amount of a range can only make scores worse, whatever the old score is.
    ///
    /// With `set` and `best` that depends on the old score, so it is false.
    public func onlyWorsen(amounts: ClosedRange<Int64>) -> Bool {
        let growth: ClosedRange<Int64>
        switch self.operator {
        case .increment: growth = amounts
        case .decrement: growth = -amounts.upperBound ... -amounts.lowerBound
        case .set, .best: return false
        }
        return order == .descending ? growth.upperBound < 0 : growth.lowerBound > 0
    }
}
