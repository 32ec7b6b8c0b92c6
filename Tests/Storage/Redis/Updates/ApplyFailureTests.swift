import Basics
import Leaderboard
import LocalServers
import RedisClient
import Storage
import TestSupport
import Testing

/// Failures must happen before the first write, because Redis does not undo what a script has done.
@Suite(.timeLimit(.minutes(1)))
struct ApplyFailureTests {
    enum Part: String, CaseIterable, Sendable {
        case meta, receipt, rate, outbox, ranking, members
    }

    private static let limit = RateLimit(count: 5, periodMilliseconds: 3_600_000)

    private func key(_ part: Part, _ fixture: RedisFixture) -> String {
        switch part {
        case .meta: fixture.keys.partition.meta
        case .receipt: fixture.keys.partition.receipts(issuedAt: fixture.update("u1", 5, "s2").issuedAt)
        case .rate: fixture.keys.partition.ratePrefix + "\(fixture.board.id):u1"
        case .outbox: fixture.keys.partition.outbox
        case .ranking: fixture.keys.ranking
        case .members: fixture.keys.members
        }
    }

    private func expectFailure(
        _ fixture: RedisFixture, _ update: ScoreUpdate, _ location: SourceLocation = #_sourceLocation
    ) async throws {
        let before = try await fixture.dump()
        await #expect(throws: StoreError.self, sourceLocation: location) {
            try await fixture.store(limit: Self.limit).outcome(of: update)
        }
        #expect(try await fixture.dump() == before, "something was written", sourceLocation: location)
    }

    @Test(
        "A key of another type, for a user who is on the board already and for one who is not",
        arguments: Part.allCases.filter { $0 != .rate }, ["u1", "u2"])
    func wrongType(_ part: Part, _ user: String) async throws {
        try await withFixture { fixture in
            let store = fixture.store(limit: Self.limit)
            _ = try await store.outcome(of: fixture.update("u1", 5, "s1"))
            let key = key(part, fixture)
            try await fixture.redis.command("DEL", key)
            try await fixture.redis.command("SADD", key, "something else")
            try await expectFailure(fixture, fixture.update(user, 5, "s2"))
        }
    }

    @Test(
        "Keys of the right type that hold what no script wrote",
        arguments: [(Part.receipt, "no-space"), (.rate, "not a number")])
    func unreadable(_ part: Part, _ value: String) async throws {
        try await withFixture { fixture in
            _ = try await fixture.store(limit: Self.limit).outcome(of: fixture.update("u1", 5, "s1"))
            try await fixture.redis.command("SET", key(part, fixture), value)
            try await expectFailure(fixture, fixture.update("u1", 5, "s2"))
        }
    }

    /// A stream that is ahead of the sequence number accepts no entry. Then nothing else is written either.
    @Test func outboxAheadOfTheSequence() async throws {
        try await withFixture { fixture in
            for number in 1...3 { try await fixture.add("u1", 5, "s\(number)") }
            try await fixture.redis.command("HSET", fixture.keys.partition.meta, "seq", "1")
            try await expectFailure(fixture, fixture.update("u1", 5, "s4"))
            try await expectFailure(fixture, fixture.update("u2", 5, "s5"))
            // After it is corrected, the same action id counts once.
            try await fixture.redis.command("HSET", fixture.keys.partition.meta, "seq", "3")
            #expect(try await fixture.add("u1", 5, "s4").score == 20)
        }
    }

    /// A Redis that is out of memory refuses the script before it starts. Reads still work.
    @Test func outOfMemory() async throws {
        try await withPrivateRedis { server in
            try await withFixture(on: server) { fixture in
                try await fixture.add("u1", 5, "s1")
                try await fixture.redis.command("CONFIG", "SET", "maxmemory", "1")
                let before = try await fixture.dump()
                for update in [
                    fixture.update("u1", 5, "s2"), fixture.update("u2", 5, "s3"), fixture.update("u1", 5, "s1"),
                ] {
                    let error = await #expect(throws: StoreError.self) {
                        try await fixture.store(limit: Self.limit).outcome(of: update)
                    }
                    #expect(error?.kind == .unavailable)
                    #expect(error?.description.contains("OOM") == true)
                }
                #expect(try await fixture.dump() == before)
                #expect(try await fixture.all().map(\.score) == [5])
                try await fixture.redis.command("CONFIG", "SET", "maxmemory", "0")
                #expect(try await fixture.add("u1", 5, "s2").score == 10)
            }
        }
    }

    /// After `SCRIPT FLUSH`, or on a new server, the client loads the script again.
    @Test func scriptsAreLoadedAgain() async throws {
        try await withPrivateRedis { server in
            try await withFixture(on: server) { fixture in
                try await fixture.add("u1", 5, "s1")
                try await fixture.redis.command("SCRIPT", "FLUSH")
                #expect(try await fixture.add("u1", 5, "s2").score == 10)
                #expect(try await fixture.all().count == 1)
            }
        }
    }

    @Test("Redis away: an error that says so, and the same update is applied once when it is back")
    func redisAway() async throws {
        try await withPrivateRedis(durability: .always) { server in
            try await withFixture(on: server) { fixture in
                try await fixture.add("u1", 5, "s1")
                await server.kill()
                let error = await #expect(throws: StoreError.self) {
                    try await fixture.store().outcome(of: fixture.update("u1", 5, "s2"))
                }
                #expect(error?.kind == .unavailable)
                try await server.restart()
                try await eventually("Redis is back") { fixture.redis.isConnected }
                try await fixture.verify()
                try await eventually("the update passes") {
                    // While Redis is still unavailable, this is an error.
                    switch try? await fixture.store().outcome(of: fixture.update("u1", 5, "s2")) {
                    case .applied(let receipt), .replayed(let receipt): receipt.score == 10
                    default: false
                    }
                }
                #expect(
                    try await fixture.store().outcome(of: fixture.update("u1", 5, "s1"))
                        == .replayed(Receipt(score: 5, rank: 1)))
            }
        }
    }

    @Test(arguments: [
        ("applied 5 1", ApplyOutcome.applied(Receipt(score: 5, rank: 1))),
        ("applied -9007199254740991 2", .applied(Receipt(score: ScoreBounds.min, rank: 2))),
        ("replayed 5 1", .replayed(Receipt(score: 5, rank: 1))), ("reused", .actionIDReused),
        ("limited rate 1500", .rateLimited(retryAfterMilliseconds: 1500)), ("bounds", .outOfBounds),
        ("closed", .closed), ("replayed 5 1 cup", .replayed(Receipt(score: 5, rank: 1, board: "cup"))),
        ("stale 1795000000123 1790000000", .stale(at: 1_795_000_000_123, forgottenSecond: 1_790_000_000)),
    ])
    func replies(_ text: String, _ outcome: ApplyOutcome) throws {
        #expect(try ApplyReply.outcome(.bulkString(Array(text.utf8))).get() == outcome)
    }

    @Test func theOnlyRankingIsOfTheSecondBoardIfTheFirstHasNoSeason() throws {
        let cup = Board(id: "cup", windows: [Window(name: "final", kind: .season(startsAt: 0, endsAt: 1))])
        let targets = UpdateTargets(of: [cup, .global].map { BoardCalendar($0) }, issuedAt: 5)
        #expect(
            try ApplyReply.outcome(.bulkString(Array("applied 5 1".utf8)), to: targets).get()
                == .applied(Receipt(score: 5, rank: 1, board: "global")))
    }

    @Test(arguments: [
        "", " ", "applied", "applied 5", "applied 5 x", "applied 5 1 cup 1", "applied 5 1 cup\nx",
        "limited", "closed 1", "1e+15",
        "applied 1e+15 1", "stale", "stale 1", "stale 1 x", "replayed 5 1 cup 1", "none",
    ])
    func unreadableReplies(_ text: String) {
        #expect(throws: StoreError.self) { try ApplyReply.outcome(.bulkString(Array(text.utf8))).get() }
    }
}
