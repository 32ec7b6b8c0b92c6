import Awards
import Leaderboard
import Testing

/// What an answer of the hub means for an award.
struct AwardVerdictTests {
    private static let receipt = Receipt(score: 12, rank: 3)

    @Test func answers() {
        let table: [(ApplyOutcome, AwardVerdict)] = [
            (.applied(Self.receipt), .settle(.applied(score: 12, rank: 3))),
            (.replayed(Self.receipt), .settle(.applied(score: 12, rank: 3))),
            (.outOfBounds, .settle(.refused(.outOfBounds))),
            (.decreaseRefused, .settle(.refused(.decreaseRefused))),
            (.actionIDReused, .settle(.refused(.actionIDReused))),
            (.formChanged(board: "global"), .reload),
            (.sealed, .renew),
            (.stale(at: 1_795_000_000_123, forgottenSecond: 1_794_999_000), .verify(redisTime: 1_795_000_000_123)),
            (.closed, .wait),
            // Cannot happen to an award.
            (.rateLimited(retryAfterMilliseconds: 5), .wait),
            (.actionLimited(.cooldown, retryAfterMilliseconds: 5), .wait),
            (.velocityExceeded, .wait),
        ]
        for (outcome, verdict) in table { #expect(AwardVerdict(.success(outcome)) == verdict) }
    }

    /// After an error the outcome is unknown: only the same action id may follow.
    @Test(arguments: [StoreError.Kind.unavailable, .closed, .conflict, .corrupt])
    func errors(_ kind: StoreError.Kind) {
        #expect(AwardVerdict(.failure(StoreError(kind, "down"))) == .wait)
    }

    @Test func obstacles() {
        #expect(AwardVerdict(.unknownBoard) == .wait)
        #expect(AwardVerdict(.noPeriod) == .verify(redisTime: nil))
    }

    @Test func states() {
        #expect(AwardSettlement.applied(score: 1, rank: 2).state == .applied(score: 1, rank: 2))
        for refusal in AwardRefusal.allCases { #expect(AwardSettlement.refused(refusal).state == .refused) }
    }
}
