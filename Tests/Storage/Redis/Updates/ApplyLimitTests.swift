import Basics
import Leaderboard
import RedisClient
import Storage
import Testing

/// The limits of actions and boards that the script keeps, in addition to the rate limit.
@Suite struct ApplyLimitTests {
    private func update(
        _ fixture: RedisFixture, _ signature: String, _ limits: [UpdateLimit], user: String = "u1", amount: Int64 = 5
    ) -> ScoreUpdate {
        var update = fixture.update(user, amount, signature)
        update.limits = limits
        return update
    }

    private func isApplied(_ outcome: ApplyOutcome) -> Bool {
        if case .applied = outcome { true } else { false }
    }

    @Test func cooldownHoldsTheSameActionBack() async throws {
        try await withFixture { fixture in
            let store = fixture.store()
            let limits: [UpdateLimit] = [.cooldown(seconds: 600)]
            #expect(isApplied(try await store.outcome(of: update(fixture, "s1", limits))))
            let before = try await fixture.dump()
            guard case .actionLimited(.cooldown, let wait) = try await store.outcome(of: update(fixture, "s2", limits))
            else { return #expect(Bool(false), "not limited") }
            #expect((1...600_000).contains(wait))
            #expect(try await fixture.dump() == before)
            // Another user does not wait, and a replay does not either.
            #expect(isApplied(try await store.outcome(of: update(fixture, "s3", limits, user: "u2"))))
            #expect(try await store.outcome(of: update(fixture, "s1", limits)) == .replayed(Receipt(score: 5, rank: 1)))
            // After the time has passed, the action counts again.
            try await fixture.redis.command("DEL", "{sc00}:cooldown:kill:u1")
            #expect(isApplied(try await store.outcome(of: update(fixture, "s2", limits))))
        }
    }

    @Test func dayHasACount() async throws {
        try await withFixture { fixture in
            let store = fixture.store()
            let today: [UpdateLimit] = [.daily(count: 3, day: 20_000)]
            for number in 1...3 {
                #expect(isApplied(try await store.outcome(of: update(fixture, "s\(number)", today))))
            }
            let before = try await fixture.dump()
            let fourth = try await store.outcome(of: update(fixture, "s4", today))
            #expect(fourth == .actionLimited(.daily, retryAfterMilliseconds: 0))
            #expect(try await fixture.dump() == before)
            // The next day has a count of its own.
            #expect(isApplied(try await store.outcome(of: update(fixture, "s4", [.daily(count: 3, day: 20_001)]))))
        }
    }

    @Test func pointsComeNoFasterThanIsBelieved() async throws {
        try await withFixture { fixture in
            let store = fixture.store()
            let limits: [UpdateLimit] = [.velocity(RateLimit(count: 100, periodMilliseconds: 3_600_000))]
            #expect(isApplied(try await store.outcome(of: update(fixture, "s1", limits, amount: 60))))
            #expect(isApplied(try await store.outcome(of: update(fixture, "s2", limits, amount: 40))))
            let before = try await fixture.dump()
            #expect(try await store.outcome(of: update(fixture, "s3", limits, amount: 5)) == .velocityExceeded)
            #expect(try await fixture.dump() == before)
            // A loss of points is not a gain. An update with more points than the period allows never passes.
            #expect(isApplied(try await store.outcome(of: update(fixture, "s4", limits, amount: -10))))
            for amount in [101, ScoreBounds.max] {
                let outcome = try await store.outcome(of: update(fixture, "s5", limits, user: "u2", amount: amount))
                #expect(outcome == .velocityExceeded)
            }
            #expect(isApplied(try await store.outcome(of: update(fixture, "s6", limits, user: "u2", amount: 100))))
        }
    }

    /// A limit that refuses leaves the other limits unchanged.
    @Test func limitsHoldTogether() async throws {
        try await withFixture { fixture in
            let store = fixture.store(limit: RateLimit(count: 2, periodMilliseconds: 600_000))
            let limits: [UpdateLimit] = [.daily(count: 1, day: 1), .cooldown(seconds: 600)]
            #expect(isApplied(try await store.outcome(of: update(fixture, "s1", limits))))
            let before = try await fixture.dump()
            for number in 2...5 {
                let outcome = try await store.outcome(of: update(fixture, "s\(number)", limits))
                #expect(outcome == .actionLimited(.daily, retryAfterMilliseconds: 0))
            }
            #expect(try await fixture.dump() == before)
            #expect(isApplied(try await store.outcome(of: update(fixture, "s6", []))))
            guard case .rateLimited = try await store.outcome(of: update(fixture, "s7", [])) else {
                return #expect(Bool(false), "not limited")
            }
        }
    }
}
