import Basics

/// Something a user can do that is worth points: one entry of the catalogue.
public struct Action: Hashable, Sendable {
    /// The action's id, `[A-Za-z0-9_-]{1,64}`.
    public var id: String
    /// What the action is worth; ignored where `submitsScore`.
    public var points: Int64
    /// The boards it counts on, at least one; the first names the board of the reply.
    public var boards: [String]
    /// Whether the request brings the score (`new_score`) instead of `points`.
    public var submitsScore: Bool
    /// The least `new_score` that is believed; nil for no bound.
    public var minScore: Int64?
    /// The greatest `new_score` that is believed; nil for no bound.
    public var maxScore: Int64?
    /// How often a user may do it in one day (UTC); nil for no limit.
    public var maxPerUserPerDay: Int?
    /// How long a user waits before doing it again, in seconds; nil for no wait.
    public var cooldownSeconds: Int?

    /// An action worth `points` on `boards`.
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

    /// All that is wrong with the action, as (field, reason); empty when it can be used.
    ///
    /// - Parameter boards: the boards that exist.
    public func problems(boards known: Set<String>) -> [FieldProblem] {
        var found: [FieldProblem] = []
        func check(_ holds: Bool, _ field: String, _ reason: String) {
            if !holds { found.append(FieldProblem(field: field, reason: reason)) }
        }
        check(Names.isID(id), "id", Names.idForm)
        check((ScoreBounds.min...ScoreBounds.max).contains(points), "points", "must lie within 2^53")
        check(!boards.isEmpty && Set(boards).count == boards.count, "boards", "must name at least one board, each once")
        check(boards.allSatisfy(known.contains), "boards", "must name boards that exist")
        for (field, bound) in [("min_score", minScore), ("max_score", maxScore)] {
            check(bound.map { (ScoreBounds.min...ScoreBounds.max).contains($0) } ?? true, field, "must lie within 2^53")
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

    /// Whether `score` lies within the action's bounds.
    public func accepts(score: Int64) -> Bool {
        score >= (minScore ?? ScoreBounds.min) && score <= (maxScore ?? ScoreBounds.max)
    }
}
