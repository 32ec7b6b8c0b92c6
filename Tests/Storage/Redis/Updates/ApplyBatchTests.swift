import Basics
import Leaderboard
import NIOCore
import RedisClient
import Storage
import Testing

/// Updates of one tick share a call of the script. Each outcome is the same as if the update had come alone.
@Suite(.timeLimit(.minutes(1)))
struct ApplyBatchTests {
    /// Applies updates in one tick of one event loop.
    private func together(
        _ updates: [ScoreUpdate], _ fixture: RedisFixture, limit: RateLimit? = nil
    ) async throws -> [Result<ApplyOutcome, StoreError>] {
        let store = fixture.store(limit: limit)
        let loop = fixture.redis.eventLoops[0]
        return try await loop.flatSubmit {
            EventLoopFuture.whenAllSucceed(
                updates.map { update in
                    let promise = loop.makePromise(of: Result<ApplyOutcome, StoreError>.self)
                    store.apply(update) { promise.succeed($0) }
                    return promise.futureResult
                }, on: loop)
        }.get()
    }

    private func entries(_ fixture: RedisFixture) async throws -> Int? {
        try await fixture.redis.command("XRANGE", fixture.keys.partition.outbox, "-", "+").array?.count
    }

    /// Ranks take earlier updates of the same call into account. One entry holds all events, in order.
    @Test func oneCallOneEntry() async throws {
        try await withFixture { fixture in
            try await fixture.add("u1", 10, "s0")
            let outcomes = try await together(
                [
                    fixture.update("u2", 20, "s1"), fixture.update("u3", 5, "s2"), fixture.update("u1", 10, "s3"),
                    fixture.update("u3", 40, "s4"), fixture.update("u2", 20, "s1"),
                ], fixture)
            #expect(
                try outcomes.map { try $0.get() } == [
                    .applied(Receipt(score: 20, rank: 1)), .applied(Receipt(score: 5, rank: 3)),
                    .applied(Receipt(score: 20, rank: 2)), .applied(Receipt(score: 45, rank: 1)),
                    .replayed(Receipt(score: 20, rank: 1)),
                ])
            #expect(try await fixture.all().map(\.userID) == ["u3", "u2", "u1"])
            #expect(try await fixture.events().map(\.seq) == [1, 2, 3, 4, 5])
            #expect(try await fixture.events().map(\.signature) == ["s0", "s1", "s2", "s3", "s4"])
            #expect(try await entries(fixture) == 2)
            let read = try await fixture.outbox.read(after: [0: 1], limit: 10, waitMilliseconds: 10)
            #expect(read.first?.events.map(\.seq) == [2, 3, 4, 5])
            #expect(try await fixture.outbox.signatures(at: [0: 5]) == [0: "s4"])
        }
    }

    /// Compares more updates than fit in a call, with falling and unchanged scores, with the same updates one after the
    /// other.
    @Test(arguments: 1...4 as ClosedRange<UInt64>)
    func sameAsOneAfterTheOther(seed: UInt64) async throws {
        try await withFixture { fixture in
            var random = SplitMix64(seed: seed)
            var oracle = RankingOracle(top: fixture.board.top)
            for round in 0..<20 {
                let updates = (0..<Int.random(in: 1...40, using: &random)).map { number in
                    fixture.update(
                        "u\(Int.random(in: 0..<12, using: &random))", Int64.random(in: -4...6, using: &random),
                        "s\(round)-\(number - Int.random(in: 0...1, using: &random))")
                }
                let outcomes = try await together(updates, fixture)
                let expected = updates.map { oracle.apply($0) }
                #expect(try outcomes.map { try $0.get() } == expected)
            }
            #expect(try await fixture.all() == oracle.entries)
        }
    }

    @Test("A limit holds between the updates of one call")
    func limitsHold() async throws {
        try await withFixture { fixture in
            let updates = (0..<5).map { fixture.update("u1", 1, "s\($0)") } + [fixture.update("u2", 1, "t")]
            let outcomes = try await together(
                updates, fixture, limit: RateLimit(count: 3, periodMilliseconds: 3_600_000)
            ).map { try $0.get() }
            #expect(outcomes.prefix(3).map { if case .applied = $0 { true } else { false } } == [true, true, true])
            #expect(outcomes[3...4].allSatisfy { if case .rateLimited = $0 { true } else { false } })
            #expect(outcomes[5] == .applied(Receipt(score: 1, rank: 2)))
        }
    }

    /// An error of one update is its own outcome. The others count.
    @Test func oneFailureIsItsOwn() async throws {
        try await withFixture { fixture in
            let bad = fixture.update("u2", 5, "s2")
            try await fixture.redis.command(
                "HSET", fixture.keys.partition.receipts(issuedAt: bad.issuedAt), "s2", "no-space")
            let outcomes = try await together(
                [fixture.update("u1", 5, "s1"), bad, fixture.update("u3", 5, "s3")], fixture)
            #expect(throws: StoreError.self) { try outcomes[1].get() }
            #expect(try outcomes[0].get() == .applied(Receipt(score: 5, rank: 1)))
            #expect(try outcomes[2].get() == .applied(Receipt(score: 5, rank: 2)))
            #expect(try await fixture.events().map(\.userID) == ["u1", "u3"])
        }
    }
}
