import Basics
import Leaderboard
import Signing

/// Decides, by the current catalogue, on the effect of a request with a genuine action id. Pure, but for the cache of
/// targets, which belongs to an event loop.
package struct CatalogueCheck {
    /// The decision.
    package enum Verdict: Sendable {
        /// The update to apply.
        case update(ScoreUpdate)
        /// It cannot count now.
        case refusal(Refusal)
    }

    /// Why it cannot count now.
    package enum Refusal: Sendable {
        /// The catalogue has no such action, or not all of its boards.
        case unknownAction
        /// The action, or the action id, needs a `new_score`; its first board.
        case newScoreMissing(Board)
        /// The action id names another score than the request.
        case pinnedScore(ScoreUpdate, pinned: Int64)
        /// The score is out of the action's bounds.
        case scoreBounds(ScoreUpdate)
        /// No window of its boards has a period at its issue time: no season ran. Its first board.
        case noPeriod(Board)
    }

    private let catalogue: Catalogue
    private let targets: TargetCache
    private let velocity: RateLimit?

    /// - Parameters:
    ///   - catalogue: actions and boards.
    ///   - targets: remembers the rankings of boards.
    ///   - velocity: the points that a user may gain on a board in a period; nil for no limit.
    package init(catalogue: Catalogue, targets: TargetCache, velocity: RateLimit?) {
        self.catalogue = catalogue
        self.targets = targets
        self.velocity = velocity
    }

    /// Decides about a request.
    ///
    /// - Parameters:
    ///   - userID: the user whose score it is for.
    ///   - newScore: the request's `new_score`.
    ///   - id: its action id.
    package func verdict(userID: String, newScore: Int64?, id: VerifiedActionID) -> Verdict {
        guard let action = catalogue.actions[id.action],
            let targets = targets.targets(of: action.boards, in: catalogue, issuedAt: id.issuedAt)
        else { return .refusal(.unknownAction) }
        if newScore == nil, id.score != nil || action.submitsScore {
            return .refusal(.newScoreMissing(targets.boards[0]))
        }
        let update = ScoreUpdate(
            targets: targets, userID: userID,
            amount: action.submitsScore ? newScore ?? action.points : action.points,
            submittedScore: newScore, action: action.id, nonce: id.nonce, signature: id.signature,
            issuedAt: id.issuedAt, limits: limits(of: action, on: targets.boards, issuedAt: id.issuedAt))
        if let pinned = id.score, pinned != newScore { return .refusal(.pinnedScore(update, pinned: pinned)) }
        if action.submitsScore, !action.accepts(score: update.amount) { return .refusal(.scoreBounds(update)) }
        if targets.targets.isEmpty { return .refusal(.noPeriod(targets.boards[0])) }
        return .update(update)
    }

    /// The receipt that would show that a refused action id counted before, by an earlier catalogue. Nil if there can
    /// be none, because the id was never valid with this `new_score`.
    package static func query(_ refusal: Refusal, newScore: Int64?, id: VerifiedActionID) -> ReceiptQuery? {
        guard id.score == nil || id.score == newScore else { return nil }
        let board: Board? =
            switch refusal {
            case .unknownAction: nil
            case .newScoreMissing(let board), .noPeriod(let board): board
            case .pinnedScore(let update, _), .scoreBounds(let update): update.board
            }
        return ReceiptQuery(signature: id.signature, submittedScore: newScore, issuedAt: id.issuedAt, board: board)
    }

    private func limits(of action: Action, on boards: [Board], issuedAt: Int64) -> [UpdateLimit] {
        var limits: [UpdateLimit] = []
        if let seconds = action.cooldownSeconds { limits.append(.cooldown(seconds: seconds)) }
        if let count = action.maxPerUserPerDay {
            limits.append(.daily(count: count, day: issuedAt / UpdateLimit.dayMilliseconds))
        }
        // Points are gained only by adding them up. The store leaves out the other boards.
        if let velocity, boards.contains(where: { $0.rules.addsUp }) { limits.append(.velocity(velocity)) }
        return limits
    }
}

extension BoardRules {
    /// Whether scores are sums of amounts.
    fileprivate var addsUp: Bool { self.operator == .increment || self.operator == .decrement }
}

extension UpdateLimit {
    static let dayMilliseconds: Int64 = 86_400_000

    /// When an action id of the next day can be made, from `now`, in ms: for the answer to one over its day's count.
    /// The day is that of its issue; whatever the clocks say, it is over within a day.
    static func untilNextDay(issuedAt: Int64, now: Int64) -> Int64 {
        let next = (issuedAt / dayMilliseconds + 1) * dayMilliseconds
        return min(max(next - now, 1), dayMilliseconds)
    }
}
