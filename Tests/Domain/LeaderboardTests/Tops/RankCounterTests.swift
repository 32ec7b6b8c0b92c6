import Leaderboard
import Testing

/// Ranks of consecutive entries.
struct RankCounterTests {
    private func ranks(_ ties: BoardRules.Ties, _ scores: [Int64], place: Int64 = 1, rank: Int64 = 1) -> [Int64] {
        var counter = RankCounter(ties: ties, firstPlace: place, firstRank: rank)
        return scores.map { counter.next(score: $0) }
    }

    @Test(
        "Equal scores rank by the rule for ties",
        arguments: [
            (.first, [1, 2, 3, 4, 5, 6]), (.last, [1, 2, 3, 4, 5, 6]), (.shared, [1, 2, 2, 4, 4, 6]),
            (.dense, [1, 2, 2, 3, 3, 4]),
        ] as [(BoardRules.Ties, [Int64])])
    func ties(_ ties: BoardRules.Ties, _ expected: [Int64]) {
        #expect(ranks(ties, [9, 7, 7, 5, 5, -1]) == expected)
        #expect(ranks(ties, [-9, -7, -7, -5, -5, 1]) == expected, "low scores first")
        #expect(ranks(ties, []) == [])
    }

    /// The page begins with the 11th and 12th entry of a group that has rank 8 (shared) or 4 (dense).
    @Test func aPageBeginsInTheMiddleOfATie() {
        #expect(ranks(.first, [3, 3, 2], place: 11, rank: 11) == [11, 12, 13])
        #expect(ranks(.last, [3, 3, 2], place: 11, rank: 11) == [11, 12, 13])
        #expect(ranks(.shared, [3, 3, 2, 2, 1], place: 11, rank: 8) == [8, 8, 13, 13, 15])
        #expect(ranks(.dense, [3, 3, 2, 2, 1], place: 11, rank: 4) == [4, 4, 5, 5, 6])
    }

    @Test func allTheSame() {
        let scores = [Int64](repeating: 0, count: 5)
        #expect(ranks(.shared, scores) == [1, 1, 1, 1, 1])
        #expect(ranks(.dense, scores) == [1, 1, 1, 1, 1])
        #expect(ranks(.first, scores) == [1, 2, 3, 4, 5])
    }
}
