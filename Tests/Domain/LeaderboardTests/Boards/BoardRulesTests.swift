import Leaderboard
import Testing

/// How amounts make scores.
struct BoardRulesTests {
    @Test(
        "An operator makes a score of the old one and an amount",
        arguments: [
            (.increment, .descending, nil, 5, 5), (.increment, .descending, 7, 5, 12),
            (.increment, .ascending, 7, -9, -2),
            (.decrement, .descending, nil, 5, -5), (.decrement, .ascending, 7, 5, 2), (.set, .descending, nil, 5, 5),
            (.set, .ascending, 7, 5, 5), (.best, .descending, nil, -5, -5), (.best, .descending, 7, 5, 7),
            (.best, .descending, 5, 7, 7), (.best, .ascending, 7, 5, 5), (.best, .ascending, 5, 7, 5),
            (.best, .ascending, 5, 5, 5),
        ] as [(BoardRules.Operator, BoardRules.Order, Int64?, Int64, Int64)])
    func score(
        _ operation: BoardRules.Operator, _ order: BoardRules.Order, _ old: Int64?, _ amount: Int64, _ new: Int64
    ) {
        #expect(BoardRules(operator: operation, order: order).score(old: old, amount: amount) == new)
    }

    @Test func scoresAreExactUpToTheirBounds() {
        let rules = BoardRules()
        #expect(rules.score(old: ScoreBounds.max - 1, amount: 1) == ScoreBounds.max)
        #expect(rules.score(old: ScoreBounds.max, amount: ScoreBounds.max) == 18_014_398_509_481_982)
        #expect(BoardRules(operator: .decrement).score(old: ScoreBounds.min, amount: ScoreBounds.max) < ScoreBounds.min)
    }

    @Test func betterIsByTheOrder() {
        #expect(BoardRules.Order.descending.isBetter(2, than: 1) && !BoardRules.Order.descending.isBetter(1, than: 2))
        #expect(BoardRules.Order.ascending.isBetter(1, than: 2) && !BoardRules.Order.ascending.isBetter(2, than: 1))
        for order in BoardRules.Order.allCases { #expect(!order.isBetter(1, than: 1)) }
    }

    @Test(
        "Amounts that can only make scores worse, whatever the old score is",
        arguments: [
            (.increment, .descending, -5 ... -1, true), (.increment, .descending, -5...0, false),
            (.increment, .ascending, 1...5, true), (.increment, .ascending, 0...5, false),
            (.increment, .ascending, -5 ... -1, false), (.decrement, .descending, 1...5, true),
            (.decrement, .descending, -5 ... -1, false), (.decrement, .ascending, -5 ... -1, true),
            (.decrement, .ascending, 1...5, false), (.set, .descending, -5 ... -1, false),
            (.set, .ascending, 1...5, false), (.best, .descending, -5 ... -1, false), (.best, .ascending, 1...5, false),
        ] as [(BoardRules.Operator, BoardRules.Order, ClosedRange<Int64>, Bool)])
    func worsening(
        _ operation: BoardRules.Operator, _ order: BoardRules.Order, _ amounts: ClosedRange<Int64>, _ onlyWorsen: Bool
    ) {
        #expect(BoardRules(operator: operation, order: order).onlyWorsen(amounts: amounts) == onlyWorsen)
    }
}
