import Basics
import Leaderboard
import Storage
import Testing

/// The answers to all questions about an archived ranking, compared with those of a plain list.
@Suite(.timeLimit(.minutes(1)))
struct ArchiveReadTests {
    private static let period = Period(name: "2026-11-20", startsAt: 1_790_000_000_000, endsAt: 1_790_086_400_000)
    private static let ranking = Ranking(board: "cup", window: "daily", period: "2026-11-20")
    private static let window = Window(name: "daily", kind: .daily)

    /// The entries of a ranking, best first.
    private struct Model {
        var entries: [PlacedEntry] = []
        let rules: BoardRules

        init(_ scores: [(user: String, score: Int64)], _ rules: BoardRules) {
            self.rules = rules
            let sorted = scores.enumerated().sorted { left, right in
                if left.element.score != right.element.score {
                    return rules.order.isBetter(left.element.score, than: right.element.score)
                }
                return (left.offset < right.offset) != (rules.ties == .last)
            }
            for (index, entry) in sorted.enumerated() {
                let (user, score) = entry.element
                entries.append(
                    PlacedEntry(
                        entry: LeaderboardEntry(rank: rank(score, place: index + 1), userID: user, score: score),
                        place: Int64(index + 1), better: Int64(better(score).count),
                        updatedAt: 1_790_000_001_001 + Int64(entry.offset)))
            }
        }

        func better(_ score: Int64) -> [Int64] {
            entries.map(\.entry.score).filter { rules.order.isBetter($0, than: score) }
        }

        func rank(_ score: Int64, place: Int) -> Int64 {
            switch rules.ties {
            case .first, .last: Int64(place)
            case .shared: Int64(better(score).count + 1)
            case .dense: Int64(Set(better(score)).count + 1)
            }
        }

        func rank(ofNewcomer score: Int64) -> Int64 {
            let equal = rules.ties == .first ? entries.count { $0.entry.score == score } : 0
            return rank(score, place: better(score).count + equal + 1)
        }

        func slice(_ first: Int, _ count: Int) -> [PlacedEntry] { Array(entries.dropFirst(first).prefix(count)) }
    }

    /// Archives scores and calls `body` with a function that asks.
    private func withArchive(
        _ scores: [(user: String, score: Int64)], _ rules: BoardRules,
        _ body: ((RankingQuestion) async throws -> RankingAnswer) async throws -> Void
    ) async throws {
        try await withDatabase { fixture in
            let archive = PostgresArchive(pool: fixture.pool)
            let list = events(1...Int64(scores.count + 1)) { event in
                event.points = 0
                guard event.seq <= scores.count else {
                    (event.kind, event.userID) = (.seal, "")
                    event.seal = SealFacts(version: 77, order: rules.order, ties: rules.ties)
                    event.outcomes = [RankingOutcome(ranking: Self.ranking, place: nil)]
                    return
                }
                event.userID = scores[Int(event.seq) - 1].user
                event.outcomes = [
                    RankingOutcome(
                        ranking: Self.ranking,
                        place: .init(score: scores[Int(event.seq) - 1].score, rank: 1, isChanged: true))
                ]
            }
            try await fixture.leader().commit([batch(list)], from: [:])
            // The board has got other rules since it was sealed.
            let board = Board(id: "cup", windows: [Self.window])
            #expect(try await archive.archive(Self.ranking, board: board, period: Self.period))
            try await body { question in
                // The rules of the archive count, not those that the board got later.
                let found = try await archive.read(
                    question, board: Board(id: "cup"), window: Self.window, period: Self.period)
                var answer = try #require(found, "not archived")
                // Cursors are tested with pages.
                for index in answer.entries.indices { answer.entries[index].after = nil }
                answer.last?.after = nil
                return answer
            }
        }
    }

    private static func scores(_ count: Int, seed: UInt64) -> [(user: String, score: Int64)] {
        var random = SplitMix64(seed: seed)
        return (0..<count).map { ("user-\($0)", Int64.random(in: -12...12, using: &random)) }
    }

    @Test(arguments: BoardRules.Order.allCases, BoardRules.Ties.allCases)
    func everyQuestion(_ order: BoardRules.Order, _ ties: BoardRules.Ties) async throws {
        let rules = BoardRules(order: order, ties: ties)
        let scores = Self.scores(60, seed: 5)
        let model = Model(scores, rules)
        try await withArchive(scores, rules) { ask async throws in
            let head = try await ask(.page(limit: 7, after: nil))
            #expect(head.epoch == "e1" && head.version == 77 && head.period == Self.period && head.total == 60)
            #expect(head.entries == model.slice(0, 7))

            // Page by page to the end.
            var (pages, next): ([PlacedEntry], LeaderboardCursor?) = (head.entries, head.next)
            while let cursor = next {
                let page = try await ask(.page(limit: 7, after: cursor))
                pages += page.entries
                next = page.next
            }
            #expect(pages == model.entries)

            for offset in [0, 1, 53, 59, 60, 10_000_000] {
                #expect(try await ask(.pageFrom(offset: offset, limit: 7)).entries == model.slice(offset, 7))
            }
            for place in [1, 2, 3, 30, 58, 59, 60] {
                for limit in [1, 2, 5, 6, 60, 101] {
                    let first = max(0, min(place - 1 - (limit - 1) / 2, 60 - limit))
                    let user = model.entries[place - 1].entry.userID
                    #expect(
                        try await ask(.around(userID: user, limit: limit)).entries == model.slice(first, limit),
                        "place \(place), limit \(limit)")
                }
                #expect(try await ask(.entry(place: Int64(place))).entries == model.slice(place - 1, 1))
            }
            #expect(try await ask(.around(userID: "nobody", limit: 5)).entries == [])
            #expect(try await ask(.entry(place: 61)).entries == [])
            for score in Int64(-14)...14 {
                #expect(try await ask(.rank(score: score)).rank == model.rank(ofNewcomer: score), "score \(score)")
            }
            #expect(
                try await ask(.users(["user-5", "nobody", "user-40", "user-5"])).entries
                    == model.entries.filter { ["user-5", "user-40"].contains($0.entry.userID) })
            for (part, count) in [(1, 1), (16_667, 2), (500_000, 30), (500_001, 31), (1_000_000, 60)] as [(Int64, Int)]
            {
                let answer = try await ask(.top(millionths: part, limit: 10))
                #expect(answer.rank == Int64(count))
                #expect(answer.last == model.entries[count - 1])
                #expect(answer.entries == model.slice(0, min(10, count)))
            }
        }
    }

    @Test("A cursor from before the period was archived")
    func earlierCursors() async throws {
        let scores: [(user: String, score: Int64)] = [("a", 9), ("b", 5), ("c", 5), ("d", 5), ("e", 1)]
        try await withArchive(scores, BoardRules()) { ask async throws in
            func users(_ score: Int64, _ member: String) async throws -> [String] {
                let cursor = LeaderboardCursor(score: score, member: member)
                return try await ask(.page(limit: 10, after: cursor)).entries.map(\.entry.userID)
            }
            #expect(try await users(5, "9007199254740988c") == ["d", "e"])
            // The user moved after the page was read, so others with the score come again.
            #expect(try await users(5, "9007199254740988a") == ["b", "c", "d", "e"])
            #expect(try await users(5, "9007199254740988nobody") == ["b", "c", "d", "e"])
            #expect(try await users(1, "9007199254740988e") == [])
            #expect(try await users(0, "9007199254740988x") == [])
        }
    }

    @Test func loneUser() async throws {
        try await withArchive([("a", 3)], BoardRules()) { ask async throws in
            let answer = try await ask(.top(millionths: 1, limit: 1))
            #expect(answer.rank == 1 && answer.last?.place == 1 && answer.entries.count == 1)
            #expect(try await ask(.page(limit: 1, after: nil)).next == nil)
            #expect(try await ask(.around(userID: "a", limit: 3)).entries.map(\.better) == [0])
        }
    }
}
