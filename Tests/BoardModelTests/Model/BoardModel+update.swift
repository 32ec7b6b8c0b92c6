import Leaderboard

/// An update of the model: what one user did, as a node understands it.
struct ModelUpdate: Hashable, Sendable {
    /// Which action id it is.
    var signature: String
    var userID: String
    var amount: Int64
    var submittedScore: Int64?
    var issuedAt: Int64
    /// The boards as the node knows them, which may be as they were before.
    var boards: [Board]
}

/// The outcome of an update that counted.
struct ModelReceipt: Hashable, Sendable {
    var submittedScore: Int64?
    var outcomes: [RankingOutcome]
}

/// What an update may be answered with.
enum ModelOutcome: Hashable, Sendable {
    /// It counted now.
    case applied(ModelReceipt)
    /// It had counted before.
    case replayed(ModelReceipt)
    /// It is refused for one of these reasons.
    case refused([ApplyOutcome])

    /// Whether a store may answer this.
    func allows(_ answer: ApplyOutcome, firstBoard: String) -> Bool {
        switch (self, answer) {
        case (.applied(let receipt), .applied(let other)), (.replayed(let receipt), .replayed(let other)):
            Self.isSame(receipt, other, firstBoard: firstBoard)
        case (.refused(let answers), _): answers.contains(answer)
        default: false
        }
    }

    private static func isSame(_ receipt: ModelReceipt, _ other: Receipt, firstBoard: String) -> Bool {
        guard let first = receipt.outcomes.first(where: { $0.place != nil }), let place = first.place,
            other.score == place.score, other.rank == place.rank,
            (other.board ?? firstBoard) == first.ranking.board
        else { return false }
        // A store need not list the only ranking if there is nothing more to say of it.
        if receipt.outcomes.count == 1, place.isChanged, other.rankings.isEmpty { return true }
        return other.rankings == receipt.outcomes
    }
}

extension BoardModel {
    /// Applies updates, one after the other.
    ///
    /// - Returns: the outcomes; nil for an update that counts on no ranking at all, which no node would send.
    mutating func apply(_ updates: [ModelUpdate], at now: Int64) -> [ModelOutcome?] {
        var tops: [BoardWindow: (before: [LeaderboardEntry], changes: Int64, after: [LeaderboardEntry])] = [:]
        let outcomes = updates.map { update in
            apply(update, at: now) { window, before, after in
                tops[window, default: (before, 0, after)].after = after
                if before != after { tops[window]?.changes += 1 }
            }
        }
        for (window, top) in tops where top.changes > 0 {
            // The store may count all of them as one, also none if the top is as before.
            versions[window, default: ModelVersion()].grow(by: (top.before == top.after ? 0 : 1)...top.changes)
        }
        return outcomes
    }

    private mutating func apply(
        _ update: ModelUpdate, at now: Int64,
        topMayChange: (BoardWindow, _ before: [LeaderboardEntry], _ after: [LeaderboardEntry]) -> Void
    ) -> ModelOutcome? {
        let targets = UpdateTargets(of: update.boards.map { BoardCalendar($0) }, issuedAt: update.issuedAt).targets
        if let receipt = receipts[update.signature] {
            return receipt.submittedScore == update.submittedScore
                ? .replayed(receipt) : .refused([.actionIDReused])
        }
        guard !targets.isEmpty else { return nil }
        for board in update.boards where boards[board.id]?.generation != board.generation {
            return .refused([.formChanged(board: board.id)])
        }
        let open = targets.filter { target in
            let grace = update.boards[target.board].graceMilliseconds
            return !isSealed(target.period, target.ranking, graceMilliseconds: grace, at: now)
        }
        guard !open.isEmpty else { return .refused([.sealed]) }
        let refusals = open.compactMap { refusal(of: update, on: $0) }
        guard refusals.isEmpty else { return .refused(refusals) }

        changes += 1
        let outcomes = targets.map { target in
            guard open.contains(target) else { return RankingOutcome(ranking: target.ranking, place: nil) }
            return take(update, on: target, at: now, topMayChange: topMayChange)
        }
        let receipt = ModelReceipt(submittedScore: update.submittedScore, outcomes: outcomes)
        receipts[update.signature] = receipt
        return .applied(receipt)
    }

    private func refusal(of update: ModelUpdate, on target: UpdateTarget) -> ApplyOutcome? {
        let rules = update.boards[target.board].rules
        let old = rankings[target.ranking]?.score(of: update.userID)
        let new = rules.score(old: old, amount: update.amount)
        // A score that is kept breaks no rule, even if the bounds have changed since.
        if new == old { return nil }
        let (least, greatest) = (rules.minScore ?? ScoreBounds.min, rules.maxScore ?? ScoreBounds.max)
        if new < max(least, ScoreBounds.min) || new > min(greatest, ScoreBounds.max) { return .outOfBounds }
        if let old, !rules.allowDecrease, rules.order.isBetter(old, than: new) { return .decreaseRefused }
        return nil
    }

    private mutating func take(
        _ update: ModelUpdate, on target: UpdateTarget, at now: Int64,
        topMayChange: (BoardWindow, _ before: [LeaderboardEntry], _ after: [LeaderboardEntry]) -> Void
    ) -> RankingOutcome {
        let board = update.boards[target.board]
        var ranking = ranking(target.ranking, period: target.period, of: board)
        let before = ranking.top(board.top)
        let old = ranking.score(of: update.userID)
        let new = board.rules.score(old: old, amount: update.amount)
        if new != old { ranking.set(new, of: update.userID, reached: changes) }
        rankings[target.ranking] = ranking
        let after = ranking.top(board.top)
        if target.period.contains(now) {
            let window = BoardWindow(board: board.id, window: target.ranking.window)
            if before == after, board.window(target.ranking.window)?.hasOnePeriod == false {
                versions[window, default: ModelVersion()].mayTurn(to: target.period.name)
            } else {
                turn(board, window: target.ranking.window, at: now)
            }
            topMayChange(window, before, after)
        }
        let rank = ranking.entry(of: update.userID)?.entry.rank ?? 0
        return RankingOutcome(
            ranking: target.ranking, place: .init(score: new, rank: rank, isChanged: new != old))
    }
}
