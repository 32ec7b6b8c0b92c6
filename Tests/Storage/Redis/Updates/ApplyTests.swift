import Basics
import Leaderboard
import RedisClient
import Storage
import Testing

/// One update, and the same update again.
@Suite(.timeLimit(.minutes(1)))
struct ApplyTests {
    @Test("The first update makes an entry, an event, a version and a receipt")
    func firstUpdate() async throws {
        try await withFixture { fixture in
            #expect(try await fixture.add("u1", 5, "s1") == Receipt(score: 5, rank: 1))
            let entries = try await fixture.all()
            #expect(entries == [LeaderboardEntry(rank: 1, userID: "u1", score: 5)])
            let meta = try await fixture.redis.command(
                "HMGET", fixture.keys.partition.meta, "seq", fixture.keys.versionField)
            #expect(meta.array?.map(\.string) == ["1", "1"])
            let receipts = fixture.keys.partition.receipts(issuedAt: fixture.update("u1", 5, "s1").issuedAt)
            #expect(try await fixture.redis.command("HGET", receipts, "s1").string == "- 5 1 \(fixture.board.id)")
            // No clock deletes the receipt, only the script does; see `ApplyClockTests`.
            #expect(try await fixture.redis.command("PTTL", receipts).int64 == -1)
        }
    }

    @Test("The keys are all of the partition, and no others")
    func keys() async throws {
        try await withFixture { fixture in
            _ = try await fixture.store(limit: RateLimit(count: 5, periodMilliseconds: 600_000))
                .outcome(of: fixture.update("u1", 5, "s1"))
            let name = "\(fixture.board.id):all"
            let expected = [
                "{sc00}:meta", "{sc00}:outbox", "{sc00}:receipts:1790000000", "{sc00}:rate:\(fixture.board.id):u1",
                "{sc00}:ranking:\(name):all", "{sc00}:members:\(name):all", "{sc00}:open",
            ]
            #expect(try await Set(fixture.dump().keys) == Set(expected))
        }
    }

    @Test func replayReturnsTheFirstReceiptAndChangesNothing() async throws {
        try await withFixture { fixture in
            let store = fixture.store()
            #expect(try await fixture.add("u1", 5, "s1") == Receipt(score: 5, rank: 1))
            let other = fixture.store(other: true)
            let first = ApplyOutcome.replayed(Receipt(score: 5, rank: 1))
            #expect(try await store.outcome(of: fixture.update("u1", 5, "s1")) == first)
            // Score and rank have changed; the receipt has not.
            try await fixture.add("u1", 10, "s2")
            try await fixture.add("u2", 100, "s3")
            let before = try await fixture.dump()
            for _ in 0..<5 {
                #expect(try await store.outcome(of: fixture.update("u1", 5, "s1")) == first)
                #expect(try await other.outcome(of: fixture.update("u1", 5, "s1")) == first)
                #expect(
                    try await store.outcome(of: fixture.update("u1", 10, "s2"))
                        == .replayed(Receipt(score: 15, rank: 1)))
            }
            // This also holds if the action's points have changed since.
            #expect(try await store.outcome(of: fixture.update("u1", 7, "s1")) == first)
            #expect(try await fixture.dump() == before)
        }
    }

    /// The same action id with another `new_score`; none is another one than 0.
    @Test(
        "The same action id with another new score is refused; none is not the same as 0",
        arguments: [(nil, 5), (5, nil), (5, 6), (nil, 0), (0, nil), (5, -5), (1, 10)] as [(Int64?, Int64?)])
    func reused(_ first: Int64?, _ second: Int64?) async throws {
        try await withFixture { fixture in
            let store = fixture.store()
            let applied = try await store.outcome(of: fixture.update("u1", 5, "s1", submitted: first))
            #expect(applied == .applied(Receipt(score: 5, rank: 1)))
            let before = try await fixture.dump()
            #expect(try await store.outcome(of: fixture.update("u1", 5, "s1", submitted: second)) == .actionIDReused)
            #expect(
                try await store.outcome(of: fixture.update("u1", 5, "s1", submitted: first))
                    == .replayed(Receipt(score: 5, rank: 1)))
            #expect(try await fixture.dump() == before)
        }
    }

    @Test("A user can enter with nothing; more nothing changes no place, but has a receipt and an event")
    func zero() async throws {
        try await withFixture { fixture in
            #expect(try await fixture.add("u1", 5, "s1") == Receipt(score: 5, rank: 1))
            #expect(try await fixture.add("u2", 0, "s2") == Receipt(score: 0, rank: 2))
            #expect(try await fixture.events().map(\.userID) == ["u1", "u2"])
            #expect(try await fixture.all().map(\.score) == [5, 0])
            try await fixture.add("u3", 0, "s3")

            let before = try await fixture.dump()
            let kept = Receipt.unchanged(score: 0, rank: 2, in: fixture.ranking)
            #expect(try await fixture.add("u2", 0, "s4") == kept)
            #expect(
                try await fixture.add("u1", 0, "s5") == .unchanged(score: 5, rank: 1, in: fixture.ranking))
            // The ledger gets the updates. There is no new version, and no other place among equal scores.
            #expect(try await fixture.events().map(\.isChanged) == [true, true, true, false, false])
            let partition = fixture.keys.partition
            let receipts = partition.receipts(issuedAt: fixture.update("u1", 0, "s5").issuedAt)
            #expect(try await fixture.redis.command("HLEN", receipts).int64 == 5)
            let changed = [receipts, partition.meta, partition.outbox]
            #expect(
                try await fixture.dump().filter { !changed.contains($0.key) }
                    == before.filter { !changed.contains($0.key) })
            #expect(
                try await fixture.redis.command("HGET", partition.meta, fixture.keys.versionField).string == "3")
            #expect(try await fixture.store().outcome(of: fixture.update("u2", 0, "s4")) == .replayed(kept))
        }
    }

    @Test("To zero and below, with no such thing as −0")
    func throughZero() async throws {
        try await withFixture { fixture in
            try await fixture.add("u1", 5, "s1")
            #expect(try await fixture.add("u1", -5, "s2").score == 0)
            #expect(try await fixture.add("u1", -5, "s3").score == -5)
            #expect(try await fixture.add("u1", 5, "s4").score == 0)
            #expect(try await fixture.all().map(\.score) == [0])
            #expect(try await fixture.events().map(\.score) == [5, 0, -5, 0])
            let raw = try await fixture.redis.command("ZRANGE", fixture.keys.ranking, "0", "-1", "WITHSCORES")
            #expect(raw.array?.last?.string == "0")
        }
    }

    @Test("Users whose ids look alike, or contain what the formats are made of, stay apart")
    func unusualUsers() async throws {
        try await withFixture { fixture in
            let users = [
                "é", "e\u{301}", "👨‍👩‍👧‍👦", "a b", "a:b", "-", "{sc00}", "0000000000000001x", "\u{301}x", "'\"\\",
                "a  b ", "%s",
            ]
            for (index, user) in users.enumerated() { try await fixture.add(user, Int64(100 - index), "s\(index)") }
            let entries = try await fixture.all(limit: 5)
            #expect(entries.map { Array($0.userID.utf8) } == users.map { Array($0.utf8) })
            #expect(try await fixture.events().map { Array($0.userID.utf8) } == users.map { Array($0.utf8) })
        }
    }

    @Test("Before it is open, a partition takes nothing, and nothing is written")
    func closed() async throws {
        try await withFixture(isOpen: false) { fixture in
            let store = fixture.store(limit: RateLimit(count: 5, periodMilliseconds: 600_000))
            #expect(try await store.outcome(of: fixture.update("u1", 5, "s1")) == .closed)
            #expect(try await fixture.dump().isEmpty)

            _ = try await fixture.outbox.open(partition: 0, seq: 0)
            #expect(try await store.outcome(of: fixture.update("u1", 5, "s1")) == .applied(Receipt(score: 5, rank: 1)))
            try await fixture.outbox.close(partition: 0)
            let before = try await fixture.dump()
            #expect(try await store.outcome(of: fixture.update("u1", 5, "s2")) == .closed)
            // Not even a replay is answered: the receipts may be about to be replaced.
            #expect(try await store.outcome(of: fixture.update("u1", 5, "s1")) == .closed)
            #expect(try await fixture.dump() == before)
        }
    }

    /// Two boards of one partition share the sequence and nothing else.
    @Test func boardsOfOnePartition() async throws {
        try await withFixture { fixture in
            let second = Board(id: fixture.board.id + "-b", group: fixture.board.group, top: 3)
            var update = fixture.update("u1", 7, "s2")
            update.targets = UpdateTargets(of: second, issuedAt: update.issuedAt)
            try await fixture.add("u1", 5, "s1")
            #expect(try await fixture.store().outcome(of: update) == .applied(Receipt(score: 7, rank: 1)))
            try await fixture.add("u1", 5, "s3")
            #expect(try await fixture.events().map(\.seq) == [1, 2, 3])
            #expect(try await fixture.events().map(\.ranking.board) == [fixture.board.id, second.id, fixture.board.id])
            let page = try await fixture.reader.read(.page(limit: 10, after: nil), board: second, window: .all)
            #expect(page.version == 1)
            #expect(page.top.entries.map(\.score) == [7])
            #expect(try await fixture.all().map(\.score) == [10])
        }
    }
}
