import Basics
import Leaderboard
import RedisClient
import Storage
import Testing

/// Pages of a ranking.
@Suite(.timeLimit(.minutes(1)))
struct PageTests {
    private func page(
        _ fixture: RedisFixture, _ limit: Int, _ cursor: LeaderboardCursor? = nil
    ) async throws -> RankingAnswer {
        try await fixture.page(limit, after: cursor)
    }

    @Test("A board without users has an empty page of version 0")
    func emptyBoard() async throws {
        try await withFixture { fixture in
            let earliest = try await fixture.time() / 1000
            let page = try await page(fixture, 10)
            let epoch = try await fixture.epoch()
            #expect(page.top.entries.isEmpty && page.total == 0 && page.next == nil)
            #expect(page.top.version == 0)
            #expect(page.top.epoch == epoch)
            #expect(try await (earliest...fixture.time() / 1000).contains(page.top.at))
            let beyond = try await self.page(fixture, 10, LeaderboardCursor(score: 5, member: "9007199254740990u1"))
            #expect(beyond.top.entries.isEmpty && beyond.total == 0 && beyond.next == nil)
        }
    }

    @Test("A closed partition has no pages")
    func closedPartition() async throws {
        try await withFixture(isOpen: false) { fixture in
            let error = await #expect(throws: StoreError.self) { try await page(fixture, 10) }
            #expect(error?.kind == .closed)
        }
    }

    @Test("A key of a wrong type is an error")
    func wrongType() async throws {
        try await withFixture { fixture in
            try await fixture.redis.command("SET", fixture.keys.ranking, "x")
            await #expect(throws: StoreError.self) { try await page(fixture, 10) }
        }
    }

    @Test(
        "Members that no script wrote are noticed, not shown",
        arguments: [("u1", "5"), ("9007199254740990", "5"), ("9007199254740990u1", "1.5")])
    func strangeMembers(_ member: String, _ score: String) async throws {
        try await withFixture { fixture in
            try await fixture.redis.command("ZADD", fixture.keys.ranking, score, member)
            let error = await #expect(throws: StoreError.self) { try await page(fixture, 10) }
            #expect(error?.kind == .corrupt)
        }
    }

    /// `next` is there exactly when something follows.
    @Test("Pages join up to the whole ranking, and there is a next one exactly if something follows")
    func limits() async throws {
        try await withFixture { fixture in
            for number in 0..<20 { try await fixture.add("u\(number)", Int64(number % 3), "s\(number)") }
            let all = try await fixture.all(limit: 1000)
            #expect(all.map(\.rank) == Array(1...20))
            #expect(all.prefix(7).map(\.userID) == ["u2", "u5", "u8", "u11", "u14", "u17", "u1"])
            for limit in [1, 2, 3, 6, 7, 19, 20, 21, 1000] {
                #expect(try await fixture.all(limit: limit) == all)
                let head = try await page(fixture, limit)
                #expect(head.top.entries == Array(all.prefix(limit)))
                #expect(head.total == 20)
                #expect((head.next != nil) == (limit < 20))
            }
        }
    }

    @Test("A cursor is a place: also a place that is empty, or has become empty")
    func anyPlace() async throws {
        try await withFixture { fixture in
            for (number, score) in [5, 5, 5, 3, 3, 1].enumerated() {
                try await fixture.add("u\(number)", Int64(score), "s\(number)")
            }
            func users(_ score: Int64, _ member: String) async throws -> [String] {
                try await page(fixture, 10, LeaderboardCursor(score: score, member: member)).top.entries.map(\.userID)
            }
            #expect(try await users(9, "0") == ["u0", "u1", "u2", "u3", "u4", "u5"])
            #expect(try await users(5, "z") == ["u0", "u1", "u2", "u3", "u4", "u5"])
            #expect(try await users(5, "0") == ["u3", "u4", "u5"])
            #expect(try await users(4, "z") == ["u3", "u4", "u5"])
            #expect(try await users(4, "0") == ["u3", "u4", "u5"])
            #expect(try await users(1, "z") == ["u5"])
            #expect(try await users(1, "0") == [])
            #expect(try await users(ScoreBounds.min, "0") == [])
            #expect(try await users(ScoreBounds.max, "z").count == 6)
            let second = try await page(fixture, 2)
            let third = try await page(fixture, 2, second.next)
            #expect(third.top.entries.map(\.rank) == [3, 4])
        }
    }

    /// Users move, appear and vanish between two pages. Those who do not move are returned exactly once, in order.
    @Test(arguments: [UInt64(1), 2, 3])
    func walkWhileOthersMove(_ seed: UInt64) async throws {
        try await withFixture { fixture in
            var random = SplitMix64(seed: seed)
            for number in 0..<120 {
                try await fixture.add("u\(number)", Int64.random(in: 0...6, using: &random), "s\(number)")
            }
            let before = try await fixture.all()
            var moved: Set<String> = []
            var seen: [String] = []
            var cursor: LeaderboardCursor?
            var pages = 0
            repeat {
                let page = try await page(fixture, 7, cursor)
                seen += page.top.entries.map(\.userID)
                cursor = page.next
                pages += 1
                // The entry at the cursor moves or vanishes about as often as it stays, and others move, too.
                var movers = (0..<3).map { _ in "u\(Int.random(in: 0..<120, using: &random))" }
                if let last = seen.last, Bool.random(using: &random) { movers.append(last) }
                for (index, user) in movers.enumerated() where !moved.contains(user) {
                    moved.insert(user)
                    if Bool.random(using: &random) {
                        try await vanish(user, fixture)
                    } else {
                        try await fixture.add(user, Int64.random(in: 1...5, using: &random), "m\(pages)-\(index)")
                    }
                }
                try await fixture.add("new\(pages)", Int64.random(in: 0...6, using: &random), "n\(pages)")
                moved.insert("new\(pages)")
            } while cursor != nil && pages < 100
            let stayed = before.map(\.userID).filter { !moved.contains($0) }
            #expect(stayed.count > 30)
            #expect(seen.filter { !moved.contains($0) } == stayed)
        }
    }

    private func vanish(_ user: String, _ fixture: RedisFixture) async throws {
        guard let tie = try await fixture.redis.command("HGET", fixture.keys.members, user).string else { return }
        try await fixture.redis.command("ZREM", fixture.keys.ranking, tie + user)
        try await fixture.redis.command("HDEL", fixture.keys.members, user)
    }
}
