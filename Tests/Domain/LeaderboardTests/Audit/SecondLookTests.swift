import Leaderboard
import Testing

/// The decision about an entry that differed from its row.
struct SecondLookTests {
    private func at(_ seq: Int64?) -> ReachedScore? { seq.map { ReachedScore(score: $0 * 10, seq: $0) } }

    /// The first look is at event 10.
    @Test(arguments: [
        // entry, row, entry again, seal
        (Int64?(8), Int64?(8), Int64?(8), Int64(0), SecondLook.agree),
        (8, 8, 12, 0, .agree),  // the update after the look has not come to the ledger yet
        (8, 12, 12, 0, .agree),  // it has
        (nil, nil, nil, 0, .agree),
        (8, nil, nil, 0, .agree),  // deleted in between
        (8, 7, 8, 0, .differ),
        (8, nil, 8, 0, .differ),
        (nil, 7, nil, 0, .differ),
        (8, 12, 8, 0, .differ),  // Redis never had the event that the ledger has
        (8, 7, 12, 0, .differ),  // Redis went on, but the row is older than the first look
        (nil, 7, 12, 0, .differ),
        (8, 11, 12, 0, .again),
        (nil, 11, nil, 0, .again),  // came and went
        (8, nil, 12, 0, .again),  // deleted, and came again
        (8, nil, 8, 9, .agree),  // archived
        (8, 8, nil, 9, .agree),  // dropped before the archive took the row
        (12, nil, 12, 9, .differ),  // the name was used again
    ])
    func decisions(_ first: Int64?, _ row: Int64?, _ second: Int64?, _ seal: Int64, _ expected: SecondLook) {
        #expect(SecondLook(first: at(first), seq: 10, row: at(row), second: at(second), seal: seal) == expected)
    }

    @Test("The same score that another event reached is another entry")
    func sameScore() {
        let (one, other) = (ReachedScore(score: 5, seq: 3), ReachedScore(score: 5, seq: 4))
        #expect(SecondLook(first: one, seq: 10, row: other, second: one, seal: 0) == .differ)
    }
}
