import Leaderboard
import Persister
import Testing

/// What is done with a ranking that is due.
struct DueStepTests {
    private static let end: Int64 = 1_790_000_000_000
    private let season = Window(name: "s", kind: .season(startsAt: end - 1000, endsAt: end))

    private func step(_ window: String, _ period: String, cut: Int64, _ board: Board?, isLeftOut: Bool = false)
        -> DueStep
    {
        DueStep(
            DueRanking(ranking: Ranking(board: "b", window: window, period: period), cut: cut),
            calendar: board.map { BoardCalendar($0) }, isLeftOut: isLeftOut, now: Self.end)
    }

    @Test func aPeriodThatIsOver() {
        let board = Board(id: "b", windows: [season], graceSeconds: 5)
        let period = Period(name: "s", startsAt: Self.end - 1000, endsAt: Self.end)
        #expect(step("s", "s", cut: Self.end + 5000, board) == .seal(board, period))
        // The store had a later cut, since the grace was longer then.
        #expect(step("s", "s", cut: Self.end + 9000, board) == .seal(board, period))
    }

    @Test func aCutThatMovedBack() {
        let board = Board(id: "b", windows: [season], graceSeconds: 5)
        #expect(step("s", "s", cut: Self.end, board) == .reschedule(cut: Self.end + 5000))
        #expect(step("all", "all", cut: Self.end, Board(id: "b")) == .reschedule(cut: nil))
    }

    @Test("A period that the board has no more is sealed all the same")
    func aWindowThatIsGone() {
        let board = Board(id: "b", graceSeconds: 5)
        let period = Period(name: "2026-11-20", startsAt: nil, endsAt: Self.end)
        #expect(step("daily", "2026-11-20", cut: Self.end + 5000, board) == .seal(board, period))
    }

    @Test func aBoardThatIsGone() {
        #expect(step("daily", "2026-11-20", cut: Self.end, nil) == .drop)
        // It may have been written by a later version, so nothing may be lost.
        #expect(
            step("daily", "2026-11-20", cut: Self.end - 5, nil, isLeftOut: true)
                == .reschedule(cut: Self.end + 60_000))
    }

    @Test("Cuts that come forward are found, for all periods that wait")
    func movedCuts() {
        var board = Board(id: "b", windows: [.all, Window.fixed[1], season], graceSeconds: 7200)
        let hour: Int64 = 3_600_000
        let end: Int64 = 1_790_002_800_000  // 2026-09-21T15:00:00Z
        func waiting(_ window: String, _ period: String, _ cut: Int64) -> DueRanking {
            DueRanking(ranking: Ranking(board: "b", window: window, period: period), cut: cut)
        }
        let all = [
            waiting("hourly", "2026-09-21T13", end - hour + 7_200_000),
            waiting("hourly", "2026-09-21T14", end + 7_200_000),
            waiting("s", "s", Self.end + 7_200_000), waiting("gone", "gone", Self.end),
        ]
        #expect(MovedCuts.found(among: all, boards: ["b": board]) == [])
        board.graceSeconds = 60
        #expect(
            MovedCuts.found(among: all, boards: ["b": board]) == [
                waiting("hourly", "2026-09-21T13", end - hour + 60_000),
                waiting("hourly", "2026-09-21T14", end + 60_000),
                waiting("s", "s", Self.end + 60_000),
            ])
        #expect(MovedCuts.found(among: all, boards: ["other": board]) == [])
        board.graceSeconds = 7201
        board.windows[2] = Window(name: "s", kind: .season(startsAt: Self.end - 9000, endsAt: Self.end - 5000))
        #expect(MovedCuts.found(among: all, boards: ["b": board]) == [waiting("s", "s", Self.end - 5000 + 7_201_000)])
    }
}
