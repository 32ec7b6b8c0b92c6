import Basics

/// Something a user can do that is worth points: one entry of the catalogue.
public struct Action: Hashable, Sendable {
    /// The action's id, `[A-Za-z0-9_-]{1,64}`.
    public var id: String
    /// The points that the action is worth. Ignored if `submitsScore` is true.
    public var points: Int64
    /// The ids of the action's boards: 1 to 16 boards of one group. An update counts on all of them or on none.
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
    /// - Parameter boards: the boards that exist, by id.
    public func problems(boards known: [String: Board]) -> [FieldProblem] {
        var found: [FieldProblem] = []
        func check(_ holds: Bool, _ field: String, _ reason: String) {
            if !holds { found.append(FieldProblem(field: field, reason: reason)) }
        }
        check(Names.isID(id), "id", Names.idForm)
        check(!ReservedAction.isReserved(id), "id", ReservedAction.reason)
        check(ScoreBounds.range.contains(points), "points", ScoreBounds.reason)
        check(
            (1...UpdateTargets.boardsMax).contains(boards.count) && Set(boards).count == boards.count, "boards",
            "must name 1 to \(UpdateTargets.boardsMax) boards, each once")
        check(boards.allSatisfy { known[$0] != nil }, "boards", "must name boards that exist")
        found += problems(on: boards.compactMap { known[$0] })
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

    /// Returns everything that is wrong with the action on these boards together.
    private func problems(on boards: [Board]) -> [FieldProblem] {
        var found: [FieldProblem] = []
        if Set(boards.map(\.group)).count > 1 {
            found.append(FieldProblem(field: "boards", reason: "must name boards of one group"))
        }
        if boards.reduce(0, { $0 + $1.windows.count }) > UpdateTargets.countMax {
            found.append(
                FieldProblem(
                    field: "boards", reason: "must not have more than \(UpdateTargets.countMax) windows together"))
        }
        if let board = boards.first(where: canOnlyBeRefused) {
            found.append(
                FieldProblem(
                    field: !submitsScore ? "points" : minScore == nil ? "max_score" : "min_score",
                    reason: "can only make scores worse on the board \(board.id), which does not allow that"))
        }
        return found
    }

    /// Whether a board would refuse every update of the action, since each could only make a user's score worse. A
    /// user's first score is never worse, but every later one would be.
    public func canOnlyBeRefused(by board: Board) -> Bool {
        guard !board.rules.allowDecrease else { return false }
        guard submitsScore else {
            return ScoreBounds.range.contains(points) && board.rules.onlyWorsen(amounts: points...points)
        }
        let (least, greatest) = (minScore ?? ScoreBounds.min, maxScore ?? ScoreBounds.max)
        guard least <= greatest, ScoreBounds.range.contains(least), ScoreBounds.range.contains(greatest) else {
            return false
        }
        return board.rules.onlyWorsen(amounts: least...greatest)
    }

    /// Returns whether `score` lies within the action's bounds.
    public func accepts(score: Int64) -> Bool {
        score >= (minScore ?? ScoreBounds.min) && score <= (maxScore ?? ScoreBounds.max)
    }
}
