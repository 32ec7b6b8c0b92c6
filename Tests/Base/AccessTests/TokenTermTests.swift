import Access
import Testing

/// How long a token lets a connection live.
@Suite struct TokenTermTests {
    /// Where the term of a token that ends at 1000, with a leeway of 300, stands.
    private static let rows: [(checkedAt: Int64, now: Int64, keys: UInt64?, standing: TokenTerm.Standing)] = [
        // Checked before the token's end: it ends the connection.
        (400, 400, 2, .holds(milliseconds: 600)), (400, 999, 2, .holds(milliseconds: 1)), (400, 1_000, 2, .over),
        // Other keys, or none.
        (400, 400, 3, .uncertain), (400, 400, nil, .uncertain), (400, 1_000, 3, .over),
        // Checked in the leeway: the end of that does.
        (1_000, 1_000, 2, .holds(milliseconds: 300)), (1_000, 1_299, 2, .holds(milliseconds: 1)),
        (1_000, 1_300, 2, .over),
    ]

    @Test func isJudgedByTimeAndKeys() {
        for row in Self.rows {
            let term = TokenTerm(expiresAt: 1_000, leeway: 300, now: row.checkedAt, generation: 2)
            #expect(term.standing(now: row.now, generation: row.keys) == row.standing, "\(row)")
        }
    }
}
