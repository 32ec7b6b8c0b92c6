import Basics
import Leaderboard
import RedisClient
import Storage
import Testing

/// Each question about a ranking, compared with a plain list, for each order and each rule for ties.
@Suite(.timeLimit(.minutes(2)))
struct RankingReadTests {
    private static let rules = BoardRules.Order.allCases.flatMap { order in
        BoardRules.Ties.allCases.map { BoardRules(operator: .set, order: order, ties: $0, allowDecrease: true) }
    }

    /// Makes a ranking with many ties and with scores at the bounds, and the same as a plain list.
    private func withRanking(
        _ rules: BoardRules, seed: UInt64, _ body: (RedisFixture, PlainRanking) async throws -> Void
    ) async throws {
        try await withFixture(rules: rules) { fixture in
            var random = SplitMix64(seed: seed)
            var plain = PlainRanking(rules)
            for number in 0..<250 {
                let user = "u\(Int.random(in: 0..<90, using: &random))"
                let extremes = [ScoreBounds.min, ScoreBounds.max, 0]
                let score =
                    number.isMultiple(of: 9)
                    ? extremes[number / 9 % 3] : Int64.random(in: -5...5, using: &random)
                try await fixture.add(user, score, "s\(number)")
                plain.set(user, score)
            }
            try await body(fixture, plain)
        }
    }

    /// The entries of an answer without their times, of which each has one.
    private func entries(_ answer: RankingAnswer, _ location: SourceLocation = #_sourceLocation) -> [PlacedEntry] {
        answer.entries.map { entry in
            #expect(entry.updatedAt.map { abs(answer.at - $0) < 60_000 } == true, sourceLocation: location)
            var entry = entry
            (entry.updatedAt, entry.after) = (nil, nil)
            return entry
        }
    }

    @Test("Pages of any size, from any place, join up to the whole list", arguments: rules)
    func pages(_ rules: BoardRules) async throws {
        try await withRanking(rules, seed: 1) { fixture, plain in
            let all = plain.entries
            for limit in [1, 7, all.count, 1000] {
                var (found, cursor): ([PlacedEntry], LeaderboardCursor?) = ([], nil)
                repeat {
                    let answer = try await fixture.page(limit, after: cursor)
                    #expect(answer.total == Int64(all.count))
                    found += entries(answer)
                    cursor = answer.next
                } while cursor != nil && found.count < 1000
                #expect(found == all, "limit \(limit)")
            }
            for offset in [0, 1, 40, all.count - 1, all.count, 10_000_000] {
                let answer = try await fixture.read(.pageFrom(offset: offset, limit: 9))
                #expect(entries(answer) == Array(all.dropFirst(offset).prefix(9)), "offset \(offset)")
                #expect((answer.next != nil) == (offset + 9 < all.count))
                if let next = answer.next {
                    #expect(
                        entries(try await fixture.page(3, after: next)) == Array(all.dropFirst(offset + 9).prefix(3)))
                }
            }
        }
    }

    @Test("The user is in the middle if there are enough entries on both sides", arguments: rules)
    func around(_ rules: BoardRules) async throws {
        try await withRanking(rules, seed: 2) { fixture, plain in
            let all = plain.entries
            for (index, entry) in all.enumerated() where index < 12 || index > all.count - 12 || index.isMultiple(of: 9)
            {
                for limit in [1, 2, 3, 10, 11, 101] {
                    let answer = try await fixture.read(.around(userID: entry.entry.userID, limit: limit))
                    let start = max(0, min(index - (limit - 1) / 2, all.count - limit))
                    #expect(entries(answer) == Array(all.dropFirst(start).prefix(limit)), "\(index), \(limit)")
                    #expect(answer.next == nil && answer.total == Int64(all.count))
                }
            }
            let nobody = try await fixture.read(.around(userID: "nobody", limit: 11))
            #expect(nobody.entries.isEmpty && nobody.total == Int64(all.count))
        }
    }

    @Test("Users are found in the order of the list, each once", arguments: rules)
    func users(_ rules: BoardRules) async throws {
        try await withRanking(rules, seed: 3) { fixture, plain in
            var random = SplitMix64(seed: 3)
            let all = plain.entries
            for count in [1, 2, 30, all.count] {
                let asked = (0..<count).map { _ in all.randomElement(using: &random)?.entry.userID ?? "" }
                let answer = try await fixture.read(.users(asked + ["nobody", ""]))
                #expect(
                    entries(answer)
                        == all.filter { entry in asked.contains { $0.utf8.elementsEqual(entry.entry.userID.utf8) } })
            }
            #expect(try await fixture.read(.users([])).entries.isEmpty)
        }
    }

    @Test("The rank of a newcomer, the entry at a place, and the best part", arguments: rules)
    func ranksAndPlaces(_ rules: BoardRules) async throws {
        try await withRanking(rules, seed: 4) { fixture, plain in
            let all = plain.entries
            for score in Array(-7...7) + [ScoreBounds.min, ScoreBounds.max] {
                let answer = try await fixture.read(.rank(score: score))
                #expect(answer.rank == plain.newcomersRank(score) && answer.total == Int64(all.count), "\(score)")
            }
            for place in [1, 2, 30, all.count, all.count + 1] {
                let answer = try await fixture.read(.entry(place: Int64(place)))
                #expect(entries(answer) == Array(all.dropFirst(place - 1).prefix(1)), "\(place)")
            }
            for part in [1, 10_000, 12_345, 333_333, 500_000, 999_999, 1_000_000] as [Int64] {
                let answer = try await fixture.read(.top(millionths: part, limit: 5))
                let count = (all.count * Int(part) + 999_999) / 1_000_000
                #expect(answer.rank == Int64(count))
                #expect(entries(answer) == Array(all.prefix(min(count, 5))))
                #expect(answer.last?.entry == all[count - 1].entry && answer.last?.place == Int64(count))
            }
        }
    }

    @Test("An empty ranking answers each question")
    func empty() async throws {
        try await withFixture { fixture in
            let questions: [RankingQuestion] = [
                .page(limit: 10, after: nil), .page(limit: 10, after: LeaderboardCursor(score: 1, member: "x")),
                .pageFrom(offset: 5, limit: 1), .around(userID: "u", limit: 3), .users(["u"]), .entry(place: 1),
                .top(millionths: 10_000, limit: 3), .rank(score: 3),
            ]
            for question in questions {
                let answer = try await fixture.read(question)
                #expect(answer.entries.isEmpty && answer.total == 0 && answer.next == nil && answer.last == nil)
                #expect(answer.version == 0 && answer.period == .all)
            }
            #expect(try await fixture.read(.rank(score: 3)).rank == 1)
            #expect(try await fixture.read(.top(millionths: 10_000, limit: 3)).rank == 0)
        }
    }

    @Test("A board that has a newer form is not read in the old one")
    func newerForm() async throws {
        try await withFixture { fixture in
            try await fixture.add("u1", 5, "s1")
            try await fixture.redis.command("HSET", fixture.keys.partition.meta, fixture.keys.formField, "7")
            let error = await #expect(throws: StoreError.self) { try await fixture.page(10) }
            #expect(error?.kind == .unavailable)
            var board = fixture.board
            board.generation = 7
            #expect(try await fixture.reader.read(.page(limit: 1, after: nil), board: board, window: .all).total == 1)
        }
    }
}
