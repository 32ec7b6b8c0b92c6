import Basics
import Leaderboard
import RedisClient
import Storage
import Testing

/// The rate limit in the script. The tests let time pass by setting the rate's key back.
@Suite(.timeLimit(.minutes(1)))
struct ApplyRateTests {
    private static let limit = RateLimit(count: 5, periodMilliseconds: 60_000)
    private static let gcra = GCRA(microsecondsOf: limit)
    private static let interval = gcra.interval

    private func rateKey(_ fixture: RedisFixture, _ user: String = "u1") -> String {
        fixture.keys.ratePrefix + user
    }

    private func arrival(_ fixture: RedisFixture) async throws -> Int64 {
        try #require(try await fixture.redis.command("GET", rateKey(fixture)).int64)
    }

    /// Sets the key back, as if this much time had passed.
    private func pass(_ microseconds: Int64, _ fixture: RedisFixture) async throws {
        let arrival = try await arrival(fixture) - microseconds
        try await fixture.redis.command("SET", rateKey(fixture), String(arrival), "KEEPTTL")
    }

    @Test func exactlyTheCountPassesAtOnce() async throws {
        try await withFixture { fixture in
            let store = fixture.store(limit: Self.limit)
            for number in 1...5 {
                let outcome = try await store.outcome(of: fixture.update("u1", 1, "s\(number)"))
                #expect(outcome == .applied(Receipt(score: Int64(number), rank: 1)))
            }
            let before = try await fixture.dump()
            let earliest = try await fixture.time()
            let outcome = try await store.outcome(of: fixture.update("u1", 1, "s6"))
            let latest = try await fixture.time()
            guard case .rateLimited(let wait) = outcome else {
                Issue.record("\(outcome)")
                return
            }
            // The wait ends when the arrival that this one would have is within the tolerance; rounded up to the ms.
            let passesAt = try await arrival(fixture) + Self.interval - Self.gcra.tolerance
            #expect(wait * 1000 >= passesAt - latest)
            #expect(wait * 1000 < passesAt - earliest + 1000)
            // There is no receipt and no other trace.
            #expect(try await fixture.dump() == before)
        }
    }

    @Test func afterTheWaitTheSameUpdatePasses() async throws {
        try await withFixture { fixture in
            let store = fixture.store(limit: Self.limit)
            for number in 1...5 { _ = try await store.outcome(of: fixture.update("u1", 1, "s\(number)")) }
            guard case .rateLimited(let wait) = try await store.outcome(of: fixture.update("u1", 1, "s6")) else {
                Issue.record("not limited")
                return
            }
            // Shortly before the end of the wait it does not pass. Ten seconds leave room for a slow machine.
            try await pass((wait - 10_000) * 1000, fixture)
            guard case .rateLimited(let rest) = try await store.outcome(of: fixture.update("u1", 1, "s6")) else {
                Issue.record("not limited")
                return
            }
            #expect(rest <= 10_000)
            try await pass(10_000_000, fixture)
            #expect(try await store.outcome(of: fixture.update("u1", 1, "s6")) == .applied(Receipt(score: 6, rank: 1)))
            let next = try await store.outcome(of: fixture.update("u1", 1, "s7"))
            #expect(next.isRateLimited)
            // Three intervals allow three updates. A long time allows no more than the count.
            try await pass(3 * Self.interval, fixture)
            var passed = 0
            for number in 7...16
            where !(try await store.outcome(of: fixture.update("u1", 1, "s\(number)"))).isRateLimited {
                passed += 1
            }
            #expect(passed == 3)
            try await pass(1000 * Self.interval, fixture)
            for number in 20...29
            where !(try await store.outcome(of: fixture.update("u1", 1, "s\(number)"))).isRateLimited {
                passed += 1
            }
            #expect(passed == 8)
        }
    }

    /// The key expires when it has no meaning any more: when the user has the whole count again.
    @Test func theKeyExpires() async throws {
        try await withFixture { fixture in
            let store = fixture.store(limit: Self.limit)
            for number in 1...3 {
                _ = try await store.outcome(of: fixture.update("u1", 1, "s\(number)"))
                let expiry = try #require(try await fixture.redis.command("PEXPIRETIME", rateKey(fixture)).int64)
                let arrival = try await arrival(fixture)
                #expect(abs(expiry * 1000 - arrival) <= 2000)
            }
        }
    }

    /// Replays and refusals do not use up the limit.
    @Test func onlyWhatCountsCounts() async throws {
        try await withFixture { fixture in
            let store = fixture.store(limit: RateLimit(count: 2, periodMilliseconds: 3_600_000))
            let first = fixture.update("u1", ScoreBounds.max, "s1")
            #expect(try await store.outcome(of: first) == .applied(Receipt(score: ScoreBounds.max, rank: 1)))
            let arrival = try await arrival(fixture)
            for number in 0..<10 {
                #expect(try await store.outcome(of: first) == .replayed(Receipt(score: ScoreBounds.max, rank: 1)))
                #expect(try await store.outcome(of: fixture.update("u1", 1, "s1", submitted: 1)) == .actionIDReused)
                #expect(try await store.outcome(of: fixture.update("u1", 1, "b\(number)")) == .outOfBounds)
            }
            #expect(try await self.arrival(fixture) == arrival)
            #expect(
                try await store.outcome(of: fixture.update("u1", -1, "s2"))
                    == .applied(Receipt(score: ScoreBounds.max - 1, rank: 1)))
            #expect(try await store.outcome(of: fixture.update("u1", -1, "s3")).isRateLimited)
            // A replay passes when a new update would not.
            #expect(try await store.outcome(of: first) == .replayed(Receipt(score: ScoreBounds.max, rank: 1)))
        }
    }

    /// The limit is separate for each user and board.
    @Test func usersAndBoardsApart() async throws {
        try await withFixture { fixture async throws in
            let store = fixture.store(limit: RateLimit(count: 1, periodMilliseconds: 3_600_000))
            #expect(try await store.outcome(of: fixture.update("u1", 1, "s1")) == .applied(Receipt(score: 1, rank: 1)))
            #expect(try await store.outcome(of: fixture.update("u1", 1, "s2")).isRateLimited)
            #expect(try await store.outcome(of: fixture.update("u2", 1, "s3")) == .applied(Receipt(score: 1, rank: 2)))
            var elsewhere = fixture.update("u1", 1, "s4")
            let other = Board(id: fixture.board.id + "-b", group: fixture.board.group)
            elsewhere.targets = UpdateTargets(of: other, issuedAt: elsewhere.issuedAt)
            #expect(try await store.outcome(of: elsewhere) == .applied(Receipt(score: 1, rank: 1)))
            // Without a limit there is no key.
            #expect(
                try await fixture.store().outcome(of: fixture.update("u9", 1, "s9"))
                    == .applied(Receipt(score: 1, rank: 3)))
            #expect(try await fixture.redis.command("EXISTS", rateKey(fixture, "u9")) == .integer(0))
        }
    }

    /// Many updates at the same time on two nodes: exactly the count passes.
    @Test func atOnceOnTwoNodes() async throws {
        try await withFixture { fixture in
            let limit = RateLimit(count: 7, periodMilliseconds: 3_600_000)
            let stores = [fixture.store(limit: limit), fixture.store(limit: limit, other: true)]
            let outcomes = try await withThrowingTaskGroup(of: ApplyOutcome.self) { group in
                for number in 0..<60 {
                    group.addTask { try await stores[number % 2].outcome(of: fixture.update("u1", 1, "s\(number)")) }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(outcomes.filter { !$0.isRateLimited }.count == 7)
            #expect(try await fixture.all().map(\.score) == [7])
            #expect(try await fixture.events().count == 7)
        }
    }
}

extension ApplyOutcome {
    var isRateLimited: Bool {
        if case .rateLimited = self { true } else { false }
    }
}
