import Leaderboard

/// An update of the model: what one user did, as a node understands it.
struct ModelUpdate: Sendable {
    /// Which action id it is.
    var signature: String
    var userID: String
    var amount: Int64
    var submittedScore: Int64?
    var issuedAt: Int64
    /// The rankings of the boards as the node knows them, which may be as they were before.
    var targets: UpdateTargets
    /// Whether the store refuses it since it may have lost its receipt. The model says whether it may.
    var isCalledStale = false
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
    /// Its receipt may be lost, as are those up to one of these seconds.
    case stale(ClosedRange<Int64>)

    /// Whether a store may answer this.
    func allows(_ answer: ApplyOutcome, firstBoard: String) -> Bool {
        switch (self, answer) {
        case (.applied(let receipt), .applied(let other)), (.replayed(let receipt), .replayed(let other)):
            Self.isSame(receipt, other, firstBoard: firstBoard)
        case (.refused(let answers), _): answers.contains(answer)
        case (.stale(let seconds), .stale(_, let second)): seconds.contains(second)
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
        var tops: [UpdateTarget: (board: Board, changes: Int64)] = [:]
        let outcomes = updates.map { update in
            apply(update, at: now) { target in
                tops[target, default: (update.targets.boards[target.board], 0)].changes += 1
            }
        }
        for (target, top) in tops {
            // The store may count all of them as one.
            tell(top.board, target.ranking.window, target.period, changes: 1...top.changes)
        }
        return outcomes
    }

    private mutating func apply(
        _ update: ModelUpdate, at now: Int64, topChanges: (UpdateTarget) -> Void
    ) -> ModelOutcome? {
        let (targets, boards) = (update.targets.targets, update.targets.boards)
        guard !targets.isEmpty else { return nil }
        let second = update.issuedAt / 1000
        if update.isCalledStale, second <= forgettable { return .stale(second...forgettable) }
        if let receipt = receipts[update.signature] {
            return receipt.submittedScore == update.submittedScore
                ? .replayed(receipt) : .refused([.actionIDReused])
        }
        // A board on which nothing counts is as before, so its form makes no difference.
        let others = Set(targets.map(\.board)).map { boards[$0] }
            .filter { self.boards[$0.id]?.generation != $0.generation }
        guard others.isEmpty else { return .refused(others.map { .formChanged(board: $0.id) }) }
        let open = targets.filter { target in
            let grace = boards[target.board].graceMilliseconds
            return !isSealed(target.period, target.ranking, graceMilliseconds: grace, at: now)
        }
        guard !open.isEmpty else { return .refused([.sealed]) }
        let refusals = open.compactMap { refusal(of: update, on: $0) }
        guard refusals.isEmpty else { return .refused(refusals) }

        changes += 1
        let outcomes = targets.map { target in
            guard open.contains(target) else { return RankingOutcome(ranking: target.ranking, place: nil) }
            return take(update, on: target, at: now, topChanges: topChanges)
        }
        let receipt = ModelReceipt(submittedScore: update.submittedScore, outcomes: outcomes)
        receipts[update.signature] = receipt
        // Receipts go when both the clock and an action id that counts are late enough.
        forgettable = max(forgettable, min(now / 1000, second) - receiptLifetime - 1)
        return .applied(receipt)
    }

    private func refusal(of update: ModelUpdate, on target: UpdateTarget) -> ApplyOutcome? {
        let rules = update.targets.boards[target.board].rules
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
        _ update: ModelUpdate, on target: UpdateTarget, at now: Int64, topChanges: (UpdateTarget) -> Void
    ) -> RankingOutcome {
        let board = update.targets.boards[target.board]
        var ranking =
            rankings[target.ranking] ?? ModelRanking(period: target.period, rules: board.rules, cut: target.cut)
        let old = ranking.score(of: update.userID)
        let new = board.rules.score(old: old, amount: update.amount)
        let before = ranking.top(board.top)
        if new != old { ranking.set(new, of: update.userID, reached: changes) }
        rankings[target.ranking] = ranking

        let window = BoardWindow(board: board.id, window: target.ranking.window)
        let begun = versions[window]?.period?.startsAt ?? now
        if target.isOnlyPeriod || target.period.contains(max(now, begun)) {
            let hasChanged = new != old && ranking.top(board.top) != before
            if hasChanged || versions[window]?.isUntouched == false {
                turn(board, window: window.window, to: target.period)
            }
            if hasChanged { topChanges(target) }
        }
        let rank = ranking.entry(of: update.userID)?.entry.rank ?? 0
        return RankingOutcome(
            ranking: target.ranking, place: .init(score: new, rank: rank, isChanged: new != old))
    }
}
