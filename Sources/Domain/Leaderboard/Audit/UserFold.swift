/// Adds up the events of one user on a board: the scores that follow from the ledger alone.
public struct UserFold: Sendable {
    /// The user's score in one ranking.
    public struct Balance: Hashable, Sendable {
        /// The ranking.
        public let ranking: Ranking
        /// The score after the last event that changed it.
        public internal(set) var reached: ReachedScore
        /// The first step that the rule of the board does not explain; nil if all steps add up.
        public internal(set) var firstBreak: ChainBreak?
    }

    /// The scores in the order in which their rankings came.
    public private(set) var balances: [Balance] = []

    /// Creates the fold of a user without events.
    public init() {}

    /// Starts again with another user.
    public mutating func reset() { balances.removeAll(keepingCapacity: true) }

    /// The score in a ranking; nil if there is none.
    public func reached(in ranking: Ranking) -> ReachedScore? {
        balances.first { $0.ranking == ranking }?.reached
    }

    /// Takes an opening, after the events with its sequence number or a smaller one: it says all that they say.
    ///
    /// - Parameters:
    ///   - score: the score after the event at `seq`; nil if the event removed it.
    ///   - acts: as for ``take(_:rules:acts:)``.
    public mutating func open(_ ranking: Ranking, score: Int64?, seq: Int64, acts: BoardActs) {
        guard seq > acts.end(of: ranking) else { return }
        // Steps that did not add up began in the dropped part of the ledger.
        balances.removeAll { $0.ranking == ranking }
        guard let score else { return }
        balances.append(Balance(ranking: ranking, reached: ReachedScore(score: score, seq: seq), firstBreak: nil))
    }

    /// Takes the next event, in the order of the sequence numbers.
    ///
    /// - Parameters:
    ///   - rules: the rules of the board. They hold for the whole life of its scores: other rules empty the board.
    ///   - acts: all acts on the board, also later ones. Events before an act are left out.
    public mutating func take(_ event: AuditEvent, rules: BoardRules, acts: BoardActs) {
        for outcome in event.outcomes {
            guard let place = outcome.place, event.seq > acts.end(of: outcome.ranking) else { continue }
            let index = balances.firstIndex { $0.ranking == outcome.ranking }
            switch event.kind {
            case .update: take(place, of: event, in: outcome.ranking, at: index, rules)
            case .delete: if let index { balances.remove(at: index) }
            case .reset, .seal: break
            }
        }
    }

    private mutating func take(
        _ place: RankingOutcome.Place, of event: AuditEvent, in ranking: Ranking, at index: Int?, _ rules: BoardRules
    ) {
        let before = index.map { balances[$0].reached.score }
        let expected = rules.score(old: before, amount: event.points)
        var found: ChainBreak?
        if expected != place.score || place.isChanged != (expected != before) {
            found = ChainBreak(seq: event.seq, before: before, points: event.points, score: place.score)
        }
        let reached = ReachedScore(score: place.score, seq: event.seq)
        guard let index else {
            balances.append(Balance(ranking: ranking, reached: reached, firstBreak: found))
            return
        }
        if place.isChanged { balances[index].reached = reached }
        balances[index].firstBreak = balances[index].firstBreak ?? found
    }
}

/// A step in the ledger that the rule of the board does not explain.
public struct ChainBreak: Hashable, Sendable {
    /// The event.
    public var seq: Int64
    /// The score before; nil if there was none.
    public var before: Int64?
    /// The amount of the event.
    public var points: Int64
    /// The score after.
    public var score: Int64
}
