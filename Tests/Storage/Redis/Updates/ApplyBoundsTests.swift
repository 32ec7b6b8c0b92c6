import Basics
import Leaderboard
import RedisClient
import Storage
import Testing

/// Integers at the limit of what a double holds exactly, and sequence numbers far from 1.
@Suite(.timeLimit(.minutes(1)))
struct ApplyBoundsTests {
    private static let max = ScoreBounds.max
    private static let min = ScoreBounds.min

    @Test func exactAtTheBounds() async throws {
        try await withFixture { fixture async throws in
            #expect(Self.max == 1 << 53 - 1 && Self.min == -Self.max)
            let scores: [(String, Int64)] = [
                ("u1", Self.max), ("u2", Self.max - 1), ("u3", Self.max - 2), ("u4", 1_234_567_890_123_457),
                ("u5", 1_234_567_890_123_456), ("u6", -1_234_567_890_123_457), ("u7", Self.min + 1), ("u8", Self.min),
            ]
            for (index, (user, score)) in scores.enumerated() {
                #expect(
                    try await fixture.add(user, score, "s\(index)") == Receipt(score: score, rank: Int64(index + 1)))
                // The receipt keeps every digit, too.
                #expect(
                    try await fixture.store().outcome(of: fixture.update(user, score, "s\(index)"))
                        == .replayed(Receipt(score: score, rank: Int64(index + 1))))
            }
            let expected = scores.enumerated().map {
                LeaderboardEntry(rank: Int64($0.offset + 1), userID: $0.element.0, score: $0.element.1)
            }
            for limit in [1, 3, 1000] { #expect(try await fixture.all(limit: limit) == expected) }
            #expect(try await fixture.events().map(\.score) == scores.map(\.1))
            #expect(try await fixture.events().map(\.points) == scores.map(\.1))
        }
    }

    @Test("Scores are exact up to both bounds, and no update leads beyond them")
    func steps() async throws {
        try await withFixture { fixture async throws in
            var expected: Int64 = 0
            let amounts = [
                Self.max - 1, 1, -1, 1, Self.min, Self.min, 1, -1, Self.max, 4_503_599_627_370_495,
                4_503_599_627_370_495, 1,
                Self.min, -1,
            ]
            for (index, amount) in amounts.enumerated() {
                expected += amount
                #expect(try await fixture.add("u1", amount, "s\(index)").score == expected)
            }
            #expect(expected == -1)
        }
    }

    @Test func outOfBoundsChangesNothing() async throws {
        try await withFixture { fixture in
            let store = fixture.store(limit: RateLimit(count: 100, periodMilliseconds: 1000))
            try await fixture.add("high", Self.max, "s1")
            try await fixture.add("low", Self.min, "s2")
            let before = try await fixture.dump()
            for (index, amount) in [1, 2, 1000, Self.max].enumerated() {
                #expect(try await store.outcome(of: fixture.update("high", amount, "h\(index)")) == .outOfBounds)
                #expect(try await store.outcome(of: fixture.update("low", -amount, "l\(index)")) == .outOfBounds)
            }
            #expect(try await fixture.dump() == before)
            // The action id was not used up. It can count after the score has moved.
            try await fixture.add("high", -1000, "s3")
            #expect(
                try await store.outcome(of: fixture.update("high", 1000, "h2"))
                    == .applied(Receipt(score: Self.max, rank: 1)))
        }
    }

    /// Lua's own number format, `%.14g`, would lose digits from 1e14 on and write 1e+15.
    @Test(
        arguments: [99_999_999_999_998, 999_999_999_999_998, 1_234_567_890_123_456, 9_007_199_254_740_980] as [Int64])
    func highSequenceNumbers(_ start: Int64) async throws {
        try await withFixture(top: 3) { fixture in
            try await fixture.redis.command("HSET", fixture.keys.partition.meta, "seq", String(start))
            var oracle = RankingOracle(top: 3)
            for number in 0..<10 {
                let update = fixture.update("u\(number % 5)", Int64(number % 2), "s\(number)")
                #expect(try await fixture.store().outcome(of: update) == oracle.apply(update))
            }
            #expect(try await fixture.all(limit: 2) == oracle.entries)
            let last = start + Int64(oracle.updates)
            #expect(try await fixture.events().map(\.seq) == Array(start + 1...last))
            #expect(try await fixture.redis.command("HGET", fixture.keys.partition.meta, "seq").string == String(last))
            let ids = try await fixture.redis.command("XRANGE", fixture.keys.partition.outbox, "-", "+")
            #expect(ids.array?.first?.array?.first?.string == "\(start + 1)-0")
            let members = try #require(try await fixture.redis.command("ZRANGE", fixture.keys.ranking, "0", "-1").array)
            #expect(members.allSatisfy { $0.bytes?.count == 18 }, "a tie key of 16 digits, and a user of two")
            let run = try await fixture.outbox.snapshot(at: [:]).run
            #expect(try await fixture.outbox.states() == [PartitionState(epoch: fixture.epoch(), seq: last, run: run)])
        }
    }

    @Test("Versions are as exact")
    func highVersions() async throws {
        try await withFixture { fixture in
            try await fixture.redis.command(
                "HSET", fixture.keys.partition.meta, fixture.keys.versionField, "1234567890123455")
            try await fixture.add("u1", 1, "s1")
            try await fixture.add("u1", 1, "s2")
            let page = try await fixture.page(1)
            #expect(page.top.version == 1_234_567_890_123_457)
        }
    }
}

extension RedisFixture {
    /// The epoch of the board's partition.
    func epoch() async throws -> String? {
        try await redis.command("HGET", keys.partition.meta, "epoch").string
    }
}
