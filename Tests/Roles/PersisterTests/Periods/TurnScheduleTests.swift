import Leaderboard
import Persister
import Testing

/// When windows are turned over.
struct TurnScheduleTests {
    private static let hour: Int64 = 3_600_000
    /// 2026-09-21T14:00:00Z.
    private static let start: Int64 = 1_789_999_200_000
    private let board = Board(id: "b", windows: [.all, Window.fixed[1]], generation: 1)

    private func schedule(_ boards: Board...) -> TurnSchedule {
        var schedule = TurnSchedule()
        schedule.follow(boards, now: Self.start + 5)
        return schedule
    }

    @Test("At once, and then at the begin of each period")
    func eachPeriod() throws {
        var schedule = schedule(board)
        #expect(schedule.next == Self.start + 5)
        let turn = try #require(schedule.due(at: Self.start + 5).first)
        #expect(turn.period.name == "2026-09-21T14" && turn.window.name == "hourly")
        // Until the store has answered, it stays due.
        #expect(schedule.due(at: Self.start + 6) == [turn])
        schedule.done(turn, storeTime: Self.start + 7, now: Self.start + 7)
        #expect(schedule.next == Self.start + Self.hour)
        #expect(schedule.due(at: Self.start + Self.hour - 1) == [])
        #expect(schedule.due(at: Self.start + Self.hour).map(\.period.name) == ["2026-09-21T15"])
        // After a pause of days only the present period counts.
        #expect(schedule.due(at: Self.start + 50 * Self.hour).map(\.period.name) == ["2026-09-23T16"])
    }

    @Test("The store's clock decides")
    func clocks() throws {
        var schedule = schedule(board)
        var turn = try #require(schedule.due(at: Self.start + 5).first)
        // The store is still in the hour before: it did nothing.
        schedule.done(turn, storeTime: Self.start - 2000, now: Self.start + 6)
        turn = try #require(schedule.due(at: Self.start + 6).first)
        #expect(turn.period.endsAt == Self.start)
        schedule.done(turn, storeTime: Self.start - 2000, now: Self.start + 6)
        #expect(schedule.next == Self.start + 2006)
        #expect(schedule.due(at: Self.start + 2005) == [])
        turn = try #require(schedule.due(at: Self.start + 2006).first)
        #expect(turn.period.startsAt == Self.start)
        // The store is already in the next hour.
        schedule.done(turn, storeTime: Self.start + Self.hour + 1, now: Self.start + 2006)
        #expect(schedule.due(at: Self.start + 2006).map(\.period.name) == ["2026-09-21T15"])
    }

    @Test func changedBoards() throws {
        var schedule = schedule(board)
        let turn = try #require(schedule.due(at: Self.start + 5).first)
        schedule.done(turn, storeTime: Self.start + 5, now: Self.start + 5)
        var other = board
        other.top = 3
        schedule.follow([other], now: Self.start + 9)
        #expect(schedule.due(at: Self.start + 9) == [])
        #expect(schedule.due(at: Self.start + Self.hour).map(\.board) == [other])
        other.generation = 2
        schedule.follow([other, Board(id: "c", windows: [Window.fixed[2]])], now: Self.start + 10)
        #expect(Set(schedule.due(at: Self.start + 10).map(\.window.name)) == ["hourly", "daily"])
        schedule.follow([], now: Self.start + 11)
        #expect(schedule.next == nil && schedule.due(at: Self.start + 11) == [])
    }

    @Test("A season is turned at its begin, and never again")
    func seasons() throws {
        let season = Window(name: "s", kind: .season(startsAt: Self.start + 100, endsAt: Self.start + 200))
        var schedule = schedule(Board(id: "b", windows: [season]))
        #expect(schedule.due(at: Self.start + 5) == [])
        #expect(schedule.next == Self.start + 100)
        let turn = try #require(schedule.due(at: Self.start + 100).first)
        #expect(turn.period.name == "s")
        schedule.done(turn, storeTime: Self.start + 100, now: Self.start + 100)
        #expect(schedule.due(at: Self.start + 200) == [])
        #expect(schedule.next == nil)
    }
}
