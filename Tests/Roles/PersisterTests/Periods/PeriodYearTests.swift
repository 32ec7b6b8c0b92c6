import Basics
import Leaderboard
import Persister
import Testing

/// The periods of many boards over a year, in seconds.
@Suite(.timeLimit(.minutes(2)))
struct PeriodYearTests {
    /// 2027-12-31T22:00:00Z. The next year is a leap year.
    private static let start: Int64 = 1_830_290_400_000
    private static let minute: Int64 = 60_000
    private static let day: Int64 = 86_400_000

    private func boards() throws -> [Board] {
        [
            Board(id: "hours", windows: [Window.fixed[1]], timeZone: "Europe/Berlin", graceSeconds: 0),
            Board(
                id: "days", windows: [.all, Window.fixed[2], Window.fixed[3]], timeZone: "America/New_York",
                graceSeconds: 660),
            Board(
                id: "months", windows: [Window.fixed[4], Window.fixed[5]], timeZone: "Australia/Lord_Howe",
                graceSeconds: 604_800),
            Board(
                id: "shifts", windows: [Window(name: "shift", kind: .cron(try CronSchedule("30 2,22 * * mon-fri")))],
                timeZone: "America/Santiago", graceSeconds: 60),
            Board(
                id: "seasons",
                windows: [
                    Window(
                        name: "s1",
                        kind: .season(startsAt: Self.start + 90 * Self.day, endsAt: Self.start + 99 * Self.day)),
                    Window(
                        name: "s2",
                        kind: .season(startsAt: Self.start + Self.day, endsAt: Self.start + 200 * Self.day)),
                ], top: 7),
        ]
    }

    @Test("Each period that somebody scored in is sealed, archived and dropped once, and each one begins once")
    func aYear() async throws {
        let boards = try boards()
        let world = PeriodWorld(now: Self.start, boards: boards)
        var sealing = world.sealing()
        var turning = world.turning()
        var random = SplitMix64(seed: 1)
        var counted: [Ranking: Int] = [:]
        let step = 20 * Self.minute
        for number in 0..<Int64(366 * 72) {
            world.edit { $0.now = Self.start + number * step }
            // A node that was down for two days, in March and in October.
            if (5000..<5144).contains(number) || (22_000..<22_144).contains(number) { continue }
            try await turning.round()
            try await sealing.round()
            for board in boards where Int.random(in: 0..<4, using: &random) == 0 {
                for ranking in world.act(board.id) { counted[ranking, default: 0] += 1 }
            }
        }
        let state = world.edit { $0 }
        let due = counted.keys.filter { ranking in state.open[ranking].map { $0.cut <= state.now - step } ?? true }
        #expect(state.problems == [])
        #expect(due.count > 5000)
        #expect(Set(state.seals) == Set(due) && state.seals.count == due.count)
        #expect(state.archived == counted.filter { state.archived[$0.key] != nil } && state.archived.count == due.count)
        #expect(state.drops == Dictionary(uniqueKeysWithValues: due.map { ($0, 1) }))
        #expect(Set(state.open.keys).isDisjoint(with: due))
        #expect(state.keptTops.filter { $0.value > 0 } == [ranking("s1"): 7, ranking("s2"): 7])
        #expect(state.pruned == ["hours", "days", "months", "shifts", "seasons"])
        expectTurns(state, boards, step: step)
    }

    private func ranking(_ season: String) -> Ranking { Ranking(board: "seasons", window: season, period: season) }

    /// Every period began once and in time; those of the pauses did not begin, but for the last.
    private func expectTurns(_ state: PeriodWorld.State, _ boards: [Board], step: Int64) {
        for board in boards {
            let calendar = BoardCalendar(board)
            for window in board.windows where window.kind != .all {
                var expected: [Period] = []
                for number in 0..<Int64(366 * 72)
                where !(5000..<5144).contains(number) && !(22_000..<22_144).contains(number) {
                    if let period = calendar.period(at: Self.start + number * step, in: window.name),
                        period != expected.last
                    {
                        expected.append(period)
                    }
                }
                let turns = state.turns["\(board.id) \(window.name)"] ?? []
                #expect(turns.map(\.period) == expected, "\(board.id) \(window.name)")
            }
        }
    }

    @Test("A store whose clock is ahead or behind: turns come with its clock")
    func otherClock() async throws {
        for offset in [-90_000, 90_000] as [Int64] {
            let board = Board(id: "hours", windows: [Window.fixed[1]])
            let world = PeriodWorld(now: Self.start, boards: [board])
            world.edit { $0.offset = offset }
            var turning = world.turning()
            for second in 0..<Int64(4 * 3600) {
                world.edit { $0.now = Self.start + second * 1000 }
                try await turning.round()
            }
            let turns = world.edit { $0.turns["hours hourly"] ?? [] }
            #expect(turns.count == 5)
            for turn in turns.dropFirst() { #expect(turn.at == turn.period.startsAt) }
        }
    }
}
