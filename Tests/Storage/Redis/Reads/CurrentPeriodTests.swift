import Basics
import Leaderboard
import NIOConcurrencyHelpers
import NIOPosix
import RedisClient
import Storage
import TestSupport
import Testing

/// Which period is current: by Redis' clock, turned over once.
@Suite(.timeLimit(.minutes(1)))
struct CurrentPeriodTests {
    private static let windows = [
        Window(name: "daily", kind: .daily), .all, Window(name: "hourly", kind: .hourly),
        Window(name: "over", kind: .season(startsAt: 1_600_000_000_000, endsAt: 1_600_000_000_001)),
        Window(name: "next", kind: .season(startsAt: 4_000_000_000_000, endsAt: 4_100_000_000_000)),
    ]

    private func stamp(_ fixture: RedisFixture, _ window: String) async throws -> String? {
        let keys = fixture.keys(of: Ranking(board: fixture.board.id, window: window))
        return try await fixture.redis.command("HGET", keys.partition.meta, keys.periodField).string
    }

    private func setStamp(_ fixture: RedisFixture, _ window: String, _ text: String) async throws {
        let keys = fixture.keys(of: Ranking(board: fixture.board.id, window: window))
        try await fixture.redis.command("HSET", keys.partition.meta, keys.periodField, text)
    }

    @Test("Whatever the node's clock says, the period is that of Redis' clock", arguments: [-400, -1, 0, 1, 400])
    func redisClockDecides(days: Int64) async throws {
        try await withFixture(windows: Self.windows) { fixture in
            let reader = RedisLeaderboardReader(redis: fixture.redis, partitioning: fixture.partitioning) {
                WallClock.milliseconds() + days * 86_400_000
            }
            let calendar = BoardCalendar(fixture.board)
            for window in Self.windows {
                for _ in 0..<2 {
                    let answer = try await reader.read(
                        .page(limit: 10, after: nil), board: fixture.board, window: window)
                    #expect(answer.period == calendar.current(at: answer.at, in: window.name))
                    #expect(answer.version == 0 && answer.total == 0)
                }
            }
            #expect(try await stamp(fixture, "over") == "1600000000000 over")
            #expect(try await stamp(fixture, "next") == "4000000000000 next")
            #expect(try await stamp(fixture, "all") == nil)
        }
    }

    @Test("A rollover that nobody has made is made by one of those who read")
    func turnedOnce() async throws {
        try await withFixture(windows: Self.windows) { fixture in
            let now = try await fixture.boards.now()
            try await fixture.store().outcome(
                of: fixture.update("u1", 5, "s1", issuedAt: now)
            ).isApplied()
            let before = try await fixture.page(10)
            #expect(before.version == 1 && before.total == 1)
            try await setStamp(fixture, "daily", "1600000000000 2020-09-13")
            let other = RedisLeaderboardReader(redis: fixture.other, partitioning: fixture.partitioning)
            try await withThrowingTaskGroup(of: RankingAnswer.self) { group in
                for index in 0..<20 {
                    let reader = index.isMultiple(of: 2) ? other : fixture.reader
                    group.addTask {
                        try await reader.read(
                            .page(limit: 10, after: nil), board: fixture.board, window: fixture.board.windows[0])
                    }
                }
                for try await answer in group {
                    #expect(answer.version == 2 && answer.total == 1 && answer.period == before.period)
                }
            }
            #expect(try await fixture.page(10).version == 2)
        }
    }

    @Test("Turning publishes the top of the new period, once")
    func turnsOnce() async throws {
        try await withFixture(windows: Self.windows) { fixture in
            let now = try await fixture.boards.now()
            let period = try #require(BoardCalendar(fixture.board).current(at: now, in: "daily"))
            let window = fixture.board.windows[0]
            #expect(try await fixture.boards.turn(fixture.board, window: window, to: period) >= now)
            #expect(try await stamp(fixture, "daily") == "\(period.startsAt ?? 0) \(period.name)")
            #expect(try await fixture.page(10).version == 0)

            try await setStamp(fixture, "daily", "1600000000000 2020-09-13")
            let other = RedisBoardStore(redis: fixture.other, partitioning: fixture.partitioning)
            async let one = fixture.boards.turn(fixture.board, window: window, to: period)
            async let two = other.turn(fixture.board, window: window, to: period)
            _ = try await (one, two)
            #expect(try await fixture.page(10).version == 1)

            // Neither a period that is over nor one that has not begun.
            let calendar = try #require(BoardCalendar(fixture.board).calendar("daily"))
            let earlier = try #require(calendar.period(before: period))
            let later = try #require(period.endsAt.flatMap { calendar.period(at: $0) })
            for wrong in [earlier, later] {
                _ = try await fixture.boards.turn(fixture.board, window: window, to: wrong)
            }
            #expect(try await fixture.page(10).version == 1)
            #expect(try await stamp(fixture, "daily") == "\(period.startsAt ?? 0) \(period.name)")
        }
    }

    @Test("A clock that goes back does not bring back the period before")
    func clockGoesBack() async throws {
        try await withFixture(windows: Self.windows) { fixture in
            let now = try await fixture.boards.now()
            let calendar = try #require(BoardCalendar(fixture.board).calendar("hourly"))
            let next = try #require(calendar.period(at: now).flatMap { $0.endsAt }.flatMap { calendar.period(at: $0) })
            // As if the clock had been in the next hour, and was put back.
            try await setStamp(fixture, "hourly", "\(next.startsAt ?? 0) \(next.name)")
            let window = fixture.board.windows[2]
            for _ in 0..<2 {
                let answer = try await fixture.reader.read(
                    .page(limit: 10, after: nil), board: fixture.board, window: window)
                #expect(answer.period == next && answer.version == 0)
            }
            try await fixture.boards.reset(fixture.board, windows: [window])
            #expect(try await stamp(fixture, "hourly") == "\(next.startsAt ?? 0) \(next.name)")
        }
    }

    @Test("A named period is read as it is, and turns nothing")
    func namedPeriods() async throws {
        try await withFixture(windows: Self.windows) { fixture in
            let now = try await fixture.boards.now()
            try await fixture.store().outcome(of: fixture.update("u1", 5, "s1", issuedAt: now)).isApplied()
            try await setStamp(fixture, "daily", "1600000000000 2020-09-13")
            let calendar = try #require(BoardCalendar(fixture.board).calendar("daily"))
            let today = try #require(calendar.period(at: now))
            let yesterday = try #require(calendar.period(before: today))
            for (period, total) in [(today, 1), (yesterday, 0)] as [(Period, Int64)] {
                let answer = try await fixture.reader.read(
                    .page(limit: 10, after: nil), board: fixture.board, window: fixture.board.windows[0],
                    period: .named(period))
                #expect(answer.total == total && answer.period == period && answer.version == 1)
            }
            #expect(try await stamp(fixture, "daily") == "1600000000000 2020-09-13")
            #expect(
                try await fixture.boards.counts(
                    fixture.board, window: fixture.board.windows[0], periods: [yesterday, today]) == [0, 1])
        }
    }
}

extension ApplyOutcome {
    /// Expects that an update counted.
    func isApplied(_ location: SourceLocation = #_sourceLocation) {
        guard case .applied = self else {
            Issue.record("\(self) instead of applied", sourceLocation: location)
            return
        }
    }
}
