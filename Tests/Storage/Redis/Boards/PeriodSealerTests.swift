import Leaderboard
import RedisClient
import Storage
import TestSupport
import Testing

/// The steps from a period's end to its disappearance, each once and again.
@Suite(.timeLimit(.minutes(1)))
struct PeriodSealerTests {
    private static let end = Int64(4_000_000_000_000)
    private static let season = Window(name: "cup", kind: .season(startsAt: 1_600_000_000_000, endsAt: end))
    /// A time of long ago, from which the season may be sealed.
    private static let cut = Int64(1_600_000_100_000)

    /// A season with scores.
    private func withSeason(_ body: (RedisFixture, Ranking, BoardKeys) async throws -> Void) async throws {
        let rules = BoardRules(operator: .set, ties: .dense, allowDecrease: true)
        try await withFixture(rules: rules, windows: [Self.season]) { fixture in
            for (index, score) in [50, 40, 40, 30, 20].enumerated() {
                let update = fixture.update("u\(index)", Int64(score), "s\(index)")
                try await fixture.store().outcome(of: update).isApplied()
            }
            let ranking = Ranking(board: fixture.board.id, window: "cup", period: "cup")
            try await body(fixture, ranking, fixture.keys(of: ranking))
        }
    }

    @Test func aRankingIsDueByRedisClock() async throws {
        try await withSeason { fixture, ranking, _ in
            let sealer = fixture.sealer
            #expect(try await sealer.due(partition: 0, limit: 10).isEmpty)
            let error = await #expect(throws: StoreError.self) {
                try await sealer.seal(ranking, board: fixture.board, endsAt: Self.end)
            }
            #expect(error?.kind == .conflict)
            let cut = Self.end + fixture.board.graceMilliseconds
            #expect(
                try await sealer.waiting(partition: 0, offset: 0, limit: 10) == [DueRanking(ranking: ranking, cut: cut)]
            )
            #expect(try await sealer.waiting(partition: 0, offset: 1, limit: 10).isEmpty)
            try await sealer.reschedule(ranking, partition: 0, cut: nil)
            #expect(try await sealer.due(partition: 0, limit: 10).isEmpty)
            #expect(try await sealer.waiting(partition: 0, offset: 0, limit: 10).isEmpty, "it is never due")
            for _ in 0..<2 {
                try await sealer.reschedule(ranking, partition: 0, cut: Self.cut)
                #expect(
                    try await sealer.due(partition: 0, limit: 10) == [DueRanking(ranking: ranking, cut: Self.cut)])
                #expect(try await sealer.waiting(partition: 0, offset: 0, limit: 10).isEmpty)
            }
            try await sealer.reschedule(
                Ranking(board: "x", window: "y", period: "2026-11-20T22:00"), partition: 0, cut: 1)
            #expect(try await sealer.due(partition: 0, limit: 10).count == 1, "only rankings that are there")
        }
    }

    @Test func isSealedOnceAndKeptUntilItIsDropped() async throws {
        try await withSeason { fixture, ranking, keys in
            let sealer = fixture.sealer
            try await sealer.reschedule(ranking, partition: 0, cut: Self.cut)
            async let one = sealer.seal(ranking, board: fixture.board, endsAt: Self.end)
            async let two = sealer.seal(ranking, board: fixture.board, endsAt: Self.end)
            let outcomes = try await [one, two]
            #expect(outcomes == [.sealed(seq: 6), .sealed(seq: 6)])
            let events = try await fixture.events()
            #expect(events.count == 6 && events.last?.kind == .seal && events.last?.userID.isEmpty == true)
            #expect(events.last?.outcomes == [RankingOutcome(ranking: ranking, place: nil)])
            // Nothing counts any more, and another grace does not change that.
            #expect(try await fixture.store().outcome(of: fixture.update("u9", 1, "s9")) == .sealed)
            try await sealer.reschedule(ranking, partition: 0, cut: 4_000_000_000_000)
            #expect(try await sealer.due(partition: 0, limit: 10).map(\.ranking) == [ranking])
            #expect(try await fixture.page(10).total == 5)
            // An administrator who empties the board leaves what waits for its archive.
            try await fixture.boards.reset(fixture.board, windows: fixture.board.windows)
            #expect(try await fixture.boards.deleteUser("u1", of: fixture.board) == false)
            var board = fixture.board
            board.generation = 5
            #expect(try await fixture.boards.stamp(board, from: nil, emptying: false) == false)
            #expect(try await fixture.boards.stamp(board, from: nil, emptying: true))
            let period = Period(name: "cup", startsAt: nil, endsAt: nil)
            #expect(try await fixture.boards.counts(board, window: Self.season, periods: [period]) == [5])

            for _ in 0..<2 { try await sealer.drop(ranking, partition: 0, keepingTop: 0) }
            #expect(try await sealer.due(partition: 0, limit: 10).isEmpty)
            #expect(try await sealer.seal(ranking, board: fixture.board, endsAt: Self.end) == .empty)
            for key in [keys.ranking, keys.members, keys.levels, keys.open, keys.seals] {
                #expect(try await fixture.redis.command("EXISTS", key).int64 == 0, "\(key)")
            }
            #expect(try await fixture.events().count == 6)
        }
    }

    @Test func theTopOfASeasonStaysForWatchers() async throws {
        try await withSeason { fixture, ranking, keys in
            let sealer = fixture.sealer
            let before = try await fixture.page(10)
            try await sealer.drop(ranking, partition: 0, keepingTop: 3)
            #expect(try await fixture.page(10).total == 5, "it still takes updates")
            try await sealer.reschedule(ranking, partition: 0, cut: Self.cut)
            #expect(try await sealer.seal(ranking, board: fixture.board, endsAt: Self.end) == .sealed(seq: 6))
            for _ in 0..<2 {
                try await sealer.drop(ranking, partition: 0, keepingTop: 3)
                let answer = try await fixture.page(10)
                #expect(answer.entries == Array(before.entries.prefix(3)) && answer.version == before.version)
                #expect(try await sealer.due(partition: 0, limit: 10).isEmpty)
                #expect(try await sealer.seal(ranking, board: fixture.board, endsAt: Self.end) == .empty)
            }
            // It does not stand in the way of another form, with which it goes.
            var board = fixture.board
            board.generation = 5
            #expect(try await fixture.boards.stamp(board, from: nil, emptying: false))
            for key in [keys.ranking, keys.members, keys.levels, keys.open, keys.seals] {
                #expect(try await fixture.redis.command("EXISTS", key).int64 == 0, "\(key)")
            }
            #expect(try await fixture.events().count == 6)
        }
    }

    @Test func aRankingWithoutEntriesGoesWithoutAnEvent() async throws {
        try await withSeason { fixture, ranking, keys in
            for user in 0..<5 { #expect(try await fixture.boards.deleteUser("u\(user)", of: fixture.board)) }
            try await fixture.sealer.reschedule(ranking, partition: 0, cut: Self.cut)
            for _ in 0..<2 {
                #expect(try await fixture.sealer.seal(ranking, board: fixture.board, endsAt: Self.end) == .empty)
            }
            #expect(try await fixture.sealer.due(partition: 0, limit: 10).isEmpty)
            #expect(try await fixture.events().count == 10)
            #expect(try await fixture.store().outcome(of: fixture.update("u9", 1, "s9")) == .sealed)
        }
    }
}
