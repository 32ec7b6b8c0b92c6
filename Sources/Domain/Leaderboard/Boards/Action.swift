import Basics

/// Something a user can do that is worth points: one entry of the catalogue.
public struct Action: Hashable, Sendable {
    /// The action's id, `[A-Za-z0-9_-]{1,64}`.
    public var id: String
    /// The points that the action is worth. Ignored if `submitsScore` is true.
    public var points: Int64
    /// The ids of the action's boards, at least one. An update counts on the first one only.
    public var boards: [String]
    /// Whether the request brings the score (`new_score`) instead of `points`.
    public var submitsScore: Bool
    /// The lowest `new_score` that is accepted; nil for no bound.
    public var minScore: Int64?
    /// The highest `new_score` that is accepted; nil for no bound.
    public var maxScore: Int64?
    /// How often one user may do the action in one day (UTC); nil for no limit.
    public var maxPerUserPerDay: Int?
    /// How long a user has to wait before doing the action again, in seconds; nil for no wait.
    public var cooldownSeconds: Int?

    /// Creates an action.
    public init(
        id: String, points: Int64, boards: [String], submitsScore: Bool = false, minScore: Int64? = nil,
        maxScore: Int64? = nil, maxPerUserPerDay: Int? = nil, cooldownSeconds: Int? = nil
    ) {
        self.id = id
        self.points = points
        self.boards = boards
        self.submitsScore = submitsScore
        self.minScore = minScore
        self.maxScore = maxScore
        self.maxPerUserPerDay = maxPerUserPerDay
        self.cooldownSeconds = cooldownSeconds
    }

    /// Returns everything that is wrong with the action. Empty if the action can be used.
    ///
    /// - Parameter boards: the ids of the boards that exist.
    public func problems(boards known: Set<String>) -> [FieldProblem] {
        var found: [FieldProblem] = []
        func check(_ holds: Bool, _ field: String, _ reason: String) {
            if !holds { found.append(FieldProblem(field: field, reason: reason)) }
        }
        check(Names.isID(id), "id", Names.idForm)
        check(ScoreBounds.range.contains(points), "points", ScoreBounds.reason)
        check(!boards.isEmpty && Set(boards).count == boards.count, "boards", "must name at least one board, each once")
        check(boards.allSatisfy(known.contains), "boards", "must name boards that exist")
        for (field, bound) in [("min_score", minScore), ("max_score", maxScore)] {
            check(bound.map(ScoreBounds.range.contains) ?? true, field, ScoreBounds.reason)
        }
        if let minScore, let maxScore {
            check(minScore <= maxScore, "min_score", "must not be greater than max_score")
        }
        check(
            maxPerUserPerDay.map { (1...1_000_000).contains($0) } ?? true, "max_per_user_per_day",
            "must be 1 to 1000000")
        check(cooldownSeconds.map { (1...604_800).contains($0) } ?? true, "cooldown_seconds", "must be 1 to 604800")
        return found
    }

    /// Returns whether `score` lies within the action's bounds.
    public func accepts(score: Int64) -> Bool {
        score >= (minScore ?? ScoreBounds.min) && score <= (maxScore ?? ScoreBounds.max)
    }
}
