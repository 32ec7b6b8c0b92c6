import Leaderboard
import Testing

/// The scores that follow from the events of one user.
struct UserFoldTests {
    private let all = Ranking(board: "b")
    private let daily = Ranking(board: "b", window: "daily", period: "2026-11-20")

    private func update(
        _ seq: Int64, _ points: Int64, _ outcomes: (Ranking, Int64, Bool)...
    ) -> AuditEvent {
        AuditEvent(
            seq: seq, userID: "u", points: points,
            outcomes: outcomes.map {
                RankingOutcome(ranking: $0.0, place: .init(score: $0.1, rank: 1, isChanged: $0.2))
            })
    }

    private func act(_ kind: LedgerEvent.Kind, _ seq: Int64, _ ranking: Ranking) -> AuditEvent {
        let place = RankingOutcome.Place(score: 5, rank: 1, isChanged: true)
        return AuditEvent(
            kind: kind, seq: seq, userID: kind == .delete ? "u" : "",
            outcomes: [RankingOutcome(ranking: ranking, place: kind == .delete ? place : nil)])
    }

    private func fold(
        _ events: [AuditEvent], rules: BoardRules = BoardRules(), acts: [AuditEvent] = []
    ) -> UserFold {
        var known = BoardActs()
        for act in acts { known.take(act) }
        var fold = UserFold()
        for event in events { fold.take(event, rules: rules, acts: known) }
        return fold
    }

    @Test("The last event that changed the score counts, in each ranking on its own")
    func lastChange() {
        let fold = fold([
            update(1, 5, (all, 5, true), (daily, 5, true)),
            update(2, 0, (all, 5, false), (daily, 5, false)),
            update(7, 2, (all, 7, true)),
        ])
        #expect(fold.reached(in: all) == ReachedScore(score: 7, seq: 7))
        #expect(fold.reached(in: daily) == ReachedScore(score: 5, seq: 1))
        #expect(fold.balances.allSatisfy { $0.firstBreak == nil })
    }

    @Test("A step of an increment that does not add up is found, also if the last score is right")
    func brokenChain() throws {
        let fold = fold([update(1, 5, (all, 5, true)), update(2, 2, (all, 9, true)), update(3, 1, (all, 10, true))])
        #expect(fold.reached(in: all) == ReachedScore(score: 10, seq: 3))
        let found = try #require(fold.balances.first?.firstBreak)
        #expect((found.seq, found.before, found.points, found.score) == (2, 5, 2, 9))
    }

    @Test("An event that is missing or doubled breaks the chain")
    func missingEvent() {
        #expect(fold([update(4, 2, (all, 12, true))]).balances.first?.firstBreak?.seq == 4)
        #expect(fold([update(1, 5, (all, 5, true)), update(2, 5, (all, 5, true))]).balances[0].firstBreak?.seq == 2)
    }

    @Test(arguments: [
        (BoardRules.Operator.best, BoardRules.Order.descending, Int64(3), Int64(9), false),
        (.best, .ascending, 3, 3, true), (.set, .descending, 3, 3, true), (.decrement, .descending, 3, 6, true),
    ])
    func rules(
        _ operator: BoardRules.Operator, _ order: BoardRules.Order, _ points: Int64, _ score: Int64, _ changes: Bool
    ) {
        let rules = BoardRules(operator: `operator`, order: order, allowDecrease: true)
        let first: Int64 = `operator` == .decrement ? -9 : 9
        let events = [update(1, first, (all, 9, true)), update(2, points, (all, score, changes))]
        #expect(fold(events, rules: rules).balances.first?.firstBreak == nil)
        // The same step with another outcome.
        let wrong = [update(1, first, (all, 9, true)), update(2, points, (all, score + 1, true))]
        #expect(fold(wrong, rules: rules).balances.first?.firstBreak?.seq == 2)
    }

    @Test("Nothing from before a reset or a seal counts, only in the rankings that it names")
    func acts() {
        let events = [update(1, 5, (all, 5, true), (daily, 5, true)), update(6, 2, (all, 2, true))]
        let after = fold(events, acts: [act(.reset, 3, all), act(.seal, 4, daily)])
        #expect(after.balances.map(\.ranking) == [all])
        #expect(after.reached(in: all) == ReachedScore(score: 2, seq: 6))
        #expect(after.balances[0].firstBreak == nil)
    }

    @Test("A deletion ends the scores of the user, with their broken steps")
    func deletion() {
        let fold = fold([
            update(1, 5, (all, 7, true)), act(.delete, 2, all), update(3, 4, (all, 4, true)),
        ])
        #expect(fold.reached(in: all) == ReachedScore(score: 4, seq: 3))
        #expect(fold.balances[0].firstBreak == nil)
    }

    @Test("An opening says all about the score up to its event, and the chain goes on from it")
    func opening() {
        var fold = UserFold()
        let acts = BoardActs()
        // A row that is left, although the one before it was dropped.
        fold.take(update(99, 2, (all, 12, true)), rules: BoardRules(), acts: acts)
        #expect(fold.balances[0].firstBreak?.seq == 99)
        fold.open(all, score: 15, seq: 101, acts: acts)
        #expect(fold.reached(in: all) == ReachedScore(score: 15, seq: 101) && fold.balances[0].firstBreak == nil)
        fold.take(update(102, 2, (all, 17, true)), rules: BoardRules(), acts: acts)
        #expect(fold.balances[0].firstBreak == nil)
        fold.take(update(103, 2, (all, 18, true)), rules: BoardRules(), acts: acts)
        #expect(fold.balances[0].firstBreak?.seq == 103)
    }

    @Test("An opening without a score says that it was removed, and one before an act says nothing")
    func endedOpening() {
        var (fold, acts) = (UserFold(), BoardActs())
        fold.take(update(99, 2, (all, 2, true)), rules: BoardRules(), acts: acts)
        fold.open(all, score: nil, seq: 100, acts: acts)
        #expect(fold.balances.isEmpty)
        acts.take(act(.reset, 50, daily))
        fold.open(daily, score: 7, seq: 49, acts: acts)
        #expect(fold.balances.isEmpty)
        fold.open(daily, score: 7, seq: 51, acts: acts)
        #expect(fold.reached(in: daily) == ReachedScore(score: 7, seq: 51))
    }
}
