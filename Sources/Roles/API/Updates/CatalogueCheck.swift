import Basics
import Leaderboard
import Signing

/// Decides what a request with a genuine action id does by the catalogue of the moment. Pure.
package struct CatalogueCheck: Sendable {
    /// The decision.
    package enum Verdict: Sendable {
        /// The update to apply.
        case update(ScoreUpdate)
        /// It cannot count now.
        case refusal(Refusal)
    }

    /// Why it cannot count now.
    package enum Refusal: Sendable {
        /// The catalogue has no such action, or not its board.
        case unknownAction
        /// The action, or the action id, needs a `new_score`; the board that it would count on.
        case newScoreMissing(Board)
        /// The action id names another score than the request.
        case pinnedScore(ScoreUpdate, pinned: Int64)
        /// The score is out of the action's bounds.
        case scoreBounds(ScoreUpdate)
    }

    private let catalogue: Catalogue
    private let velocity: RateLimit?

    /// - Parameters:
    ///   - catalogue: actions and boards.
    ///   - velocity: the points that a user may gain on a board in a period; nil for no limit.
    package init(catalogue: Catalogue, velocity: RateLimit?) {
        self.catalogue = catalogue
        self.velocity = velocity
    }

    /// Decides about a request.
    ///
    /// - Parameters:
    ///   - userID: the user whose score it is for.
    ///   - newScore: the request's `new_score`.
    ///   - id: its action id.
    package func verdict(userID: String, newScore: Int64?, id: VerifiedActionID) -> Verdict {
        guard let action = catalogue.actions[id.action], let boardID = action.boards.first,
            let board = catalogue.boards[boardID]
        else { return .refusal(.unknownAction) }
        if newScore == nil, id.score != nil || action.submitsScore { return .refusal(.newScoreMissing(board)) }
        let update = ScoreUpdate(
            board: board, ranking: Ranking(board: board.id), userID: userID,
            amount: action.submitsScore ? newScore ?? action.points : action.points,
            submittedScore: newScore, action: action.id, nonce: id.nonce, signature: id.signature,
            issuedAt: id.issuedAt, limits: limits(of: action, issuedAt: id.issuedAt))
        if let pinned = id.score, pinned != newScore { return .refusal(.pinnedScore(update, pinned: pinned)) }
        if action.submitsScore, !action.accepts(score: update.amount) { return .refusal(.scoreBounds(update)) }
        return .update(update)
    }

    /// The receipt that would show that a refused action id counted before, by an earlier catalogue. Nil if there can
    /// be none, because the id was never valid with this `new_score`.
    package static func query(_ refusal: Refusal, newScore: Int64?, id: VerifiedActionID) -> ReceiptQuery? {
        guard id.score == nil || id.score == newScore else { return nil }
        let board: Board? =
            switch refusal {
            case .unknownAction: nil
            case .newScoreMissing(let board): board
            case .pinnedScore(let update, _), .scoreBounds(let update): update.board
            }
        return ReceiptQuery(signature: id.signature, submittedScore: newScore, issuedAt: id.issuedAt, board: board)
    }

    private func limits(of action: Action, issuedAt: Int64) -> [UpdateLimit] {
        var limits: [UpdateLimit] = []
        if let seconds = action.cooldownSeconds { limits.append(.cooldown(seconds: seconds)) }
        if let count = action.maxPerUserPerDay {
            limits.append(.daily(count: count, day: issuedAt / UpdateLimit.dayMilliseconds))
        }
        if let velocity { limits.append(.velocity(velocity)) }
        return limits
    }
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
